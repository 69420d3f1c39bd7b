"""One try to deliver a webhook, and what came of it; whatever a receiver does, the try ends and says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import clock
from clients.public_http import Opened, TooLong, Unreachable, open_stream
from errors import BackbeatError

TOTAL_SECONDS = 15.0
MAX_ANSWER_BYTES = 64 * 1024
KEPT_HEADERS = ("content-type", "content-length", "date", "location", "retry-after", "server", "x-request-id")
MAX_HEADER_CHARS = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: `code` is None if nothing was; `text` is the beginning of the body.

    An `error` beside a code says why the body was cut.
    """

    seconds: float
    code: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    error: str | None = None


def post(
    url: str,
    body: str,
    headers: Mapping[str, str],
    *,
    allow_private: bool,
    total_seconds: float = TOTAL_SECONDS,
) -> Answer:
    """Send it once. Never raises for what the receiver, its name or the network does."""
    began = clock.monotonic()
    try:
        with open_stream(
            url,
            allow_private=allow_private,
            total_seconds=total_seconds,
            max_bytes=MAX_ANSWER_BYTES,
            method="POST",
            headers=headers,
            content=body.encode(),
        ) as opened:
            text, error = _beginning(opened)
            return Answer(clock.monotonic() - began, opened.status, _kept(opened.headers), text, error)
    except BackbeatError as e:
        return Answer(clock.monotonic() - began, error=e.message)


def _beginning(opened: Opened) -> tuple[str, str | None]:
    """What can be had of the body, and why that is not all of it. The status counts all the same: it was said."""
    got = bytearray()
    error = None
    try:
        for chunk in opened.chunks:
            got += chunk
    except (TooLong, Unreachable) as e:
        error = e.message
    return got.decode("utf-8", "replace").replace("\0", "\ufffd"), error


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name][:MAX_HEADER_CHARS] for name in KEPT_HEADERS if name in headers}
