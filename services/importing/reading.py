"""Reads a file that somebody sent, once its size and its first bytes are what its name promises."""

import os
import stat

from services.importing import signatures
from services.importing.decoding import decode
from services.importing.incoming import IncomingFile, Refused
from services.importing.kinds import MEBIBYTE


def read_head(file: IncomingFile, *, max_bytes: int) -> bytes:
    """The first bytes of a file, for `signatures.describe`.

    :raise Refused: if the file is empty, bigger than `max_bytes`, or cannot be read.
    """
    return _read(file, max_bytes, signatures.HEAD_BYTES)


def read_bytes(file: IncomingFile, *, max_bytes: int) -> bytes:
    """All bytes of a file that should be text.

    :raise Refused: as `read_head` does, and if it begins like something else, or holds nothing but blanks.
    """
    content = _read(file, max_bytes, max_bytes)
    if not content.strip():
        raise Refused("empty", f"“{file.name}” is empty.")
    found = signatures.describe(content[: signatures.HEAD_BYTES])
    if found:
        raise Refused("wrong_content", f"“{file.name}” is not a text file: it holds {found}.")
    return content


def read_text(file: IncomingFile, *, max_bytes: int) -> str:
    """The text of a file.

    :raise Refused: as `read_bytes` and `decode` do.
    """
    return decode(read_bytes(file, max_bytes=max_bytes), name=file.name)


def _read(file: IncomingFile, max_bytes: int, count: int) -> bytes:
    try:
        found = os.stat(file.path)
        if not stat.S_ISREG(found.st_mode):  # to open a pipe could hang for ever
            raise Refused("unreadable", f"“{file.name}” is not a plain file.")
        _check_size(file.name, found.st_size, max_bytes)
        with file.path.open("rb") as stream:
            return stream.read(count)
    except OSError as e:
        raise Refused("unreadable", f"“{file.name}” cannot be read: {e.strerror}.") from e


def _check_size(name: str, size: int, max_bytes: int) -> None:
    if size == 0:
        raise Refused("empty", f"“{name}” is empty.")
    if size > max_bytes:
        sizes = f"it has {size / MEBIBYTE:,.1f} MB, and {max_bytes / MEBIBYTE:,.0f} MB are allowed"
        raise Refused("too_big", f"“{name}” is too big: {sizes}.")
