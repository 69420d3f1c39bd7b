"""The text of a page: unpacked, and decoded as its server, its mark or its own head says."""

import codecs
import re

from trafilatura.utils import decode_file, handle_compressed_file
from werkzeug.http import parse_options_header

_LOOKED_AT_BYTES = 1024  # as far as browsers look for it
_IN_HEAD = re.compile(rb"""<meta[^>]{0,200}charset\s{0,5}=\s{0,5}["']?\s{0,5}([\w.:-]{1,40})""", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Python's own, of which some raise whatever they are told to do with errors: no page is written in them.
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"})
# What pages call these is what browsers decode as the larger one (https://encoding.spec.whatwg.org/#names-and-labels).
_LARGER = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}


def decoded(body: bytes, content_type: str, most_bytes: int) -> str:
    """The text of a body that may be packed, though it was asked for plain."""
    plain = handle_compressed_file(body, most_bytes)[:most_bytes]
    charset = _marked(plain) or _known(parse_options_header(content_type)[1].get("charset", "")) or _in_head(plain)
    # A body that was cut may end within a character.
    return plain.decode(charset, errors="replace") if charset else decode_file(plain, most_bytes)


def _marked(body: bytes) -> str | None:
    return next((charset for mark, charset in _MARKS if body.startswith(mark)), None)


def _in_head(body: bytes) -> str | None:
    found = _IN_HEAD.search(body[:_LOOKED_AT_BYTES])
    return _known(found[1].decode("ascii", errors="replace")) if found else None


def _known(label: str) -> str | None:
    """Python's name of a charset of text; none of one that it does not know."""
    try:
        info = codecs.lookup(label.strip())
        "".encode(info.name)  # some that Python knows are none of text
    except (LookupError, ValueError):
        return None
    if info.name.replace("_", "-") in _NO_CHARSETS:
        return None
    return _LARGER.get(info.name, info.name)
