"""What a piece of an upload is held against: the checksum that its sender has made of it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from errors import BackbeatError
from services.upload_files import Source

# By the names that tus gives them. They find what a line or a disk has changed, and guard nothing.
ALGORITHMS: Mapping[str, Callable[[], Any]] = {
    "sha1": partial(hashlib.sha1, usedforsecurity=False),
    "sha256": hashlib.sha256,
    "md5": partial(hashlib.md5, usedforsecurity=False),
}


class ChecksumMismatch(BackbeatError):
    """A piece has come otherwise than it was sent; nothing of it is kept."""

    code = "checksum_mismatch"
    http_status = 460  # as tus has it


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a piece should come to; `algorithm` is one of `ALGORITHMS`."""

    algorithm: str
    digest: bytes


class Hashed:
    """The bytes of a piece, hashed as they are read."""

    def __init__(self, source: Source, checksum: Checksum) -> None:
        self._source = source
        self._checksum = checksum
        self._hash = ALGORITHMS[checksum.algorithm]()

    def read(self, size: int, /) -> bytes:
        chunk = self._source.read(size)
        self._hash.update(chunk)
        return chunk

    def refuse_other(self) -> None:
        """:raise ChecksumMismatch: unless what was read comes to what was said."""
        if self._hash.digest() != self._checksum.digest:
            said = self._checksum.digest.hex()
            raise ChecksumMismatch(
                f"The {self._checksum.algorithm} of the piece is {self._hash.hexdigest()}, and {said} was said: it was "
                "changed on its way. Nothing of it is kept; send it again."
            )
