"""Files over HTTP as a storage has them, with their sizes, ranges and times; and ways for it to be difficult."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
Answer = tuple[int, Mapping[str, str], bytes]


def box(name: str, content: bytes = b"") -> bytes:
    """One box of an MP4 (ISO/IEC 14496-12, 4.2)."""
    return (8 + len(content)).to_bytes(4) + name.encode() + content


# Whole by its outermost boxes; nothing plays it.
MP4 = box("ftyp", b"isom\x00\x00\x02\x00isomiso2mp41") + box("free") + box("mdat", bytes(4000)) + box("moov", bytes(92))


@dataclass
class Stored:
    content: bytes
    changed_at: float


@dataclass
class Files:
    """By path. `asked` are the methods and paths in order; `status` is answered to all, where it is set.

    `refuses_head` answers 405 to it, `ranges` false sends everything from its beginning.
    """

    stored: dict[str, Stored] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    status: int | None = None
    refuses_head: bool = False
    missing: int = 404
    ranges: bool = True

    def put(self, path: str, content: bytes = MP4, *, changed_at: float | None = None) -> None:
        self.stored[path] = Stored(content, time.time() if changed_at is None else changed_at)

    def answer(self, method: str, path: str, wanted: str | None) -> Answer:
        """Status, headers, and body, of which a HEAD sends none."""
        self.asked.append((method, path))
        if self.status is not None:
            return self.status, {"Location": "http://127.0.0.1:9/elsewhere"} if 300 <= self.status < 400 else {}, b""
        if method == "HEAD" and self.refuses_head:
            return 405, {}, b""
        found = self.stored.get(path)
        if found is None:
            return self.missing, {"Content-Type": "application/xml"}, b"<Error><Code>NoSuchKey</Code></Error>"
        headers = {"Last-Modified": formatdate(found.changed_at, usegmt=True), "Content-Type": "video/mp4"}
        part = _RANGE.fullmatch(wanted or "") if self.ranges else None
        return _part(found.content, headers, part) if part else (200, headers, found.content)


def _part(content: bytes, headers: Mapping[str, str], part: re.Match[str]) -> Answer:
    start = int(part[1])
    end = min(int(part[2] or len(content)), len(content) - 1)
    if start >= len(content):
        return 416, {"Content-Range": f"bytes */{len(content)}"}, b""
    told = f"bytes {start}-{end}/{len(content)}"
    return 206, {**headers, "Content-Range": told}, content[start : end + 1]
