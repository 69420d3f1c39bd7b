"""The files of uploads: who may write to one, and how a piece is written."""

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import clock
from errors import BackbeatError, NotFound, TransientError
from extensions import current_settings
from services.importing.kinds import MEBIBYTE

LOCK_SECONDS, LOOK_SECONDS = 3.0, 0.05
CHUNK_BYTES = 1024 * 1024
SPARE_BYTES = 64 * MEBIBYTE  # of the disk, which the database needs


class TooLarge(BackbeatError):
    """More bytes than are taken, or than were spoken of."""

    code = "too_large"
    http_status = 413


class NoRoom(BackbeatError):
    """The disk is full, or would be."""

    code = "disk_full"
    http_status = 507


class Locked(BackbeatError):
    """Somebody else is writing to that upload."""

    code = "upload_locked"
    http_status = 423


class Unopenable(TransientError):
    """The disk, or who owns the file, keeps it from being written to."""

    code = "upload_unopenable"
    http_status = 503


class Source(Protocol):
    """Where the bytes of a piece come from."""

    def read(self, size: int, /) -> bytes: ...


def write_piece(file: int, source: Source, offset: int, size: int) -> int:
    """How many bytes there are after all that comes is written."""
    while chunk := source.read(min(CHUNK_BYTES, size - offset + 1)):
        if offset + len(chunk) > size:
            raise TooLarge(f"More came than the {size:,} bytes that the upload was to have.")
        rest = memoryview(chunk)
        while rest:  # a disk that is nearly full takes a part
            written = _pwrite(file, rest, offset)
            offset, rest = offset + written, rest[written:]
    os.fsync(file)
    return offset


def _pwrite(file: int, rest: memoryview, offset: int) -> int:
    try:
        return os.pwrite(file, rest, offset)
    except OSError as e:
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_room() from e
        raise


def _no_room() -> NoRoom:
    return NoRoom("The disk is full. What came so far is kept: make room on it, and go on with the upload.")


def refuse_without_room(size_bytes: int) -> None:
    if shutil.disk_usage(current_settings().uploads_dir).free < size_bytes + SPARE_BYTES:
        raise NoRoom(f"There is no room for {size_bytes // MEBIBYTE:,} MB on the disk: make room, and try again.")


@contextmanager
def locked(path: Path, patience_seconds: float = LOCK_SECONDS) -> Iterator[int]:
    """The upload's file, opened for writing, while nobody else writes to it.

    :raise Locked: if somebody else has it for longer than `patience_seconds`. :raise NotFound: if there is none.
    :raise Unopenable: if it is there and cannot be had.
    """
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        raise NotFound("The upload's file is gone.", code="no_such_upload") from None
    except OSError as e:
        raise Unopenable(f"The upload's file cannot be opened ({e.strerror}): see to the disk.") from e
    try:
        _lock(file, clock.monotonic() + patience_seconds)
        yield file
    finally:
        os.close(file)  # lets go of the lock too


def _lock(file: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if clock.monotonic() > until:
                raise Locked("Another request is writing to this upload: wait until it is over.") from None
            time.sleep(LOOK_SECONDS)
        else:
            return
