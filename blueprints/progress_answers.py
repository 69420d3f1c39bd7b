"""How a progress document is handed over, whoever does it: the view, or what stands in front of Flask."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import orjson
from werkzeug.http import parse_etags

from store.progress import LiveDocument


@dataclass(frozen=True, slots=True)
class HandedOver:
    """An answer: 200 with the stored bytes, or 304 without."""

    status: int
    headers: dict[str, str]
    body: bytes


def hand_over(document: LiveDocument, *, if_none_match: str | None, pace_ms: int) -> HandedOver:
    """The stored bytes, or 304; with `pace_ms` also when to ask again, of which the ETag knows nothing."""
    headers = {"ETag": document.etag, "Cache-Control": "no-cache"}
    if pace_ms:
        headers["Retry-After"] = str(math.ceil(pace_ms / 1000))
    if if_none_match is not None and parse_etags(if_none_match).contains_weak(document.etag.strip('"')):
        return HandedOver(304, headers, b"")
    body = b'%s,"poll_after_ms":%d}' % (document.body[:-1], pace_ms) if pace_ms else document.body
    return HandedOver(200, headers | {"Content-Type": "application/json"}, body)


def spliced(found: Mapping[str, LiveDocument], missing: Sequence[str]) -> LiveDocument:
    """Many documents as one, none of them parsed; its ETag changes with any of theirs."""
    members = b",".join(b'"%s":%s' % (job_id.encode(), document.body) for job_id, document in found.items())
    body = b'{"success":true,"progress":{%s},"missing":%s}' % (members, orjson.dumps(list(missing)))
    etags = "\n".join(f"{job_id} {document.etag}" for job_id, document in found.items())
    digest = blake2b(f"{etags}\n{list(missing)}".encode(), digest_size=12).hexdigest()
    return LiveDocument(f'"{digest}"', body)
