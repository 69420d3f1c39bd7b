"""Reading the tags of audio files without more memory than tags need, whatever a file claims to hold.

Cover art is not looked at, compressed frames are not unpacked, and no more than `MAX_TAG_BYTES` are read of a file.
"""

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mutagen import id3

from services.importing.incoming import Refused
from services.importing.kinds import MEBIBYTE

MAX_TAG_BYTES = 64 * MEBIBYTE
_COMPRESSED = 0x0088  # the flag of ID3v2.3 is 0x80, that of v2.4 0x08; neither means anything in the other


class FrugalFile(io.FileIO):
    """A file that is refused as soon as too much of it is read."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(path)
        self._shown_name = name
        self._left_bytes = MAX_TAG_BYTES

    def read(self, size: int | None = -1, /) -> bytes:
        """:raise Refused: if this and what was read before is more than tags need."""
        rest_bytes = max(0, os.fstat(self.fileno()).st_size - self.tell())  # who seeks may be past the end
        self._left_bytes -= rest_bytes if size is None or size < 0 else min(size, rest_bytes)
        if self._left_bytes < 0:
            most = f"{MAX_TAG_BYTES // MEBIBYTE} MB"
            raise Refused("too_big", f"The tags in “{self._shown_name}” are too big: more than {most}.")
        return super().read(size) or b""


class _Uncompressed:
    """A frame that is left out where it is compressed: nobody packs a title, and unpacked it may fill the memory."""

    @classmethod
    def _fromData(cls, header: Any, flags: int, data: bytes) -> Any:  # noqa: N802 - mutagen's name
        if flags & _COMPRESSED:
            raise NotImplementedError
        return super()._fromData(header, flags, data)  # type: ignore[misc]  # of the frame that it is mixed into


# All frames that are read, by their names; those of three letters are of ID3v2.2, which knows no compression.
FRAMES: Mapping[str, type] = {
    name: type(name, (_Uncompressed, getattr(id3, name)), {}) for name in ("TIT2", "TPE1", "TALB", "USLT", "SYLT")
} | {name: getattr(id3, name) for name in ("TT2", "TP1", "TAL", "ULT", "SLT")}
