"""What an import is given: files, and somebody to report to and save through."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from errors import BackbeatError


@dataclass(frozen=True)
class IncomingFile:
    """A file to import: its relative path as the person knows it, and where its bytes are."""

    name: str
    path: Path


class Refused(BackbeatError):
    """A file, or an entry of a list, that is not taken in. The message is one sentence that names it and says why."""

    http_status = 422

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, code=code)


class Progress(Protocol):
    """Who is told how far the import is."""

    def step(self, name: str, total: int | None = None) -> None:
        """A step begins, of `total` items."""

    def advance(self, n: int = 1) -> None:
        """Another `n` items of the step are done."""

    def message(self, text: str) -> None:
        """What is being done right now, for people."""


class ImportWork(Protocol):
    """What runs the import: a job of the engine, or a shell."""

    @property
    def progress(self) -> Progress: ...

    def checkpoint(self) -> None:
        """Called between files; raises whatever shall stop the import."""

    def saving(self) -> AbstractContextManager[Session]:
        """One write transaction, committed where its block ends."""
