"""Whether the output of a render is there, and whole: looked at before it is believed, without fetching all of it."""

from dataclasses import dataclass

import httpx

from clients import remote_files
from clients.remote_files import Absent, NotSeekable, RemoteFile
from services.media import boxes

HEAD_BYTES = 4096
# Each of a file's outermost boxes costs a question; one that is written in fragments has thousands of them.
MOST_BOXES = 12

MATROSKA, OGG, FLASH, ASF = b"\x1a\x45\xdf\xa3", b"OggS", b"FLV", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"
MPEG_PROGRAM, MATERIAL_EXCHANGE = b"\x00\x00\x01\xba", b"\x06\x0e\x2b\x34"
BEGINNINGS = (MATROSKA, OGG, FLASH, ASF, MPEG_PROGRAM, MATERIAL_EXCHANGE)
TRANSPORT_PACKET_BYTES, SYNC_BYTE = 188, 0x47

EMPTY = "The file there is empty."
NO_VIDEO = "What is there is no video: it does not begin as one."
NOT_WHOLE = "The file there is not whole: its end is missing, perhaps since it is still being written."
NO_ADDRESS = "The address of the output is none that can be asked."


@dataclass(frozen=True, slots=True)
class Output:
    """What was found at an address; `problem` says in words why it is not believed, and is None if it is.

    `appeared_at` is when the server says that the file was changed.
    """

    url: str
    problem: str | None = None
    size_bytes: int | None = None
    appeared_at: float | None = None

    @property
    def is_usable(self) -> bool:
        return self.problem is None


def examine(url: str) -> Output:
    """Look at what an address has.

    :raise TransientError: if its server does not answer.
    """
    try:
        with remote_files.opened(url) as found:
            if isinstance(found, Absent):
                return Output(url, f"There is no file yet (status {found.status}).")
            return Output(url, _problem(found), found.facts.size_bytes, found.facts.changed_at)
    except (httpx.InvalidURL, UnicodeError):
        return Output(url, NO_ADDRESS)


def _problem(file: RemoteFile) -> str | None:
    if file.facts.size_bytes == 0:
        return EMPTY
    head = file.read(0, HEAD_BYTES)
    if not head:
        return EMPTY
    if not is_video(head):
        return NO_VIDEO
    return NOT_WHOLE if _is_cut_short(file, head) else None


def is_video(head: bytes) -> bool:
    """Whether a file that begins so is of a kind that holds videos.

    >>> is_video(b"\\x00\\x00\\x00\\x20ftypisom")
    True
    >>> is_video(b"<!DOCTYPE html>")
    False
    """
    is_mp4 = head[4:8] in boxes.FIRST_BOXES
    is_avi = head[:4] == b"RIFF" and head[8:12] == b"AVI "
    is_stream = len(head) > TRANSPORT_PACKET_BYTES and head[0] == head[TRANSPORT_PACKET_BYTES] == SYNC_BYTE
    return is_mp4 or is_avi or is_stream or head.startswith(BEGINNINGS)


def _is_cut_short(file: RemoteFile, head: bytes) -> bool:
    """False where a server does not say how long the file is, or sends it from its beginning only."""
    if file.facts.size_bytes is None:
        return False
    try:
        return boxes.is_cut_short(_Cursor(file, head), file.facts.size_bytes, most_boxes=MOST_BOXES)
    except NotSeekable:
        return False


class _Cursor:
    """A remote file as one that is open here; what has been read of its beginning is not asked for again."""

    def __init__(self, file: RemoteFile, head: bytes) -> None:
        self._file = file
        self._head = head
        self._at = 0

    def seek(self, offset: int) -> int:
        self._at = offset
        return offset

    def read(self, length: int) -> bytes:
        start, self._at = self._at, self._at + length
        if start >= (self._file.facts.size_bytes or 0):
            return b""
        if start + length <= len(self._head):
            return self._head[start : start + length]
        return self._file.read(start, length)
