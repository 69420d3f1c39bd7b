"""Whether a file is shorter than its own outermost pieces say: of an MP4, and of what begins with RIFF.

A video whose table of contents stands at its end cannot even be opened once that end is missing, and is told from a
file that never was a video by this alone. Sources: ISO/IEC 14496-12, 4.2 (boxes); the RIFF specification.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

# What the first box of an MP4 or a QuickTime file may be.
FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
HEAD_BYTES = 8
MAX_BOXES = 100_000
RIFF_UNKNOWN = 0xFFFFFFFF  # what was written to a pipe does not know how long it became


class Seekable(Protocol):
    """As much of an open file as is looked at; it need not lie on this machine."""

    def seek(self, offset: int, /) -> int: ...

    def read(self, length: int, /) -> bytes: ...


def is_cut_off(path: Path) -> bool:
    """Whether its end is missing; False for kinds of files of which this cannot be told."""
    with path.open("rb") as file:
        return is_cut_short(file, path.stat().st_size)


def is_cut_short(file: Seekable, size: int, *, most_boxes: int = MAX_BOXES) -> bool:
    """The same of a file that is open at its beginning, and that is `size` bytes long as far as anybody knows."""
    head = file.read(HEAD_BYTES)
    if head[:4] == b"RIFF":
        said = int.from_bytes(head[4:8], "little")
        return said != RIFF_UNKNOWN and HEAD_BYTES + said > size
    return head[4:8] in FIRST_BOXES and _is_mp4_cut_off(file, size, most_boxes)


def _is_mp4_cut_off(file: Seekable, size: int, most_boxes: int) -> bool:
    names: set[bytes] = set()
    last_end = 0
    for name, last_end in _boxes(file, size, most_boxes):
        names.add(name)
        if last_end > size:
            return True
    if last_end < size:  # not all were looked at: the table may stand behind
        return False
    return bool(names & {b"mdat", b"ftyp"}) and not names & {b"moov", b"moof"}


def _boxes(file: Seekable, size: int, most_boxes: int) -> Iterator[tuple[bytes, int]]:
    """(name, end) of each outermost box; an end may lie beyond the file's."""
    start = 0
    for _ in range(most_boxes):
        file.seek(start)
        head = file.read(16)
        if len(head) < HEAD_BYTES:
            if head:
                yield b"", size + 1  # the head of a box, broken off
            return
        length = int.from_bytes(head[:4])
        if length == 1:
            length = int.from_bytes(head[8:16])
        end = size if length == 0 else start + length
        if end <= start:
            return
        yield head[4:8], end
        start = end
