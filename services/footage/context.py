"""What the work of a step is given and gives back, whoever runs it: a job of the engine, or the sequential mode."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy.orm import Session

from services.footage.moves import Cause


class Context(Protocol):
    """How the work of a step speaks with whoever runs it."""

    @property
    def work_id(self) -> str:
        """Names this run of the work, for folders and files of its own."""

    def checkpoint(self) -> None:
        """A place where the work may be stopped without harm. Raises if it must stop."""

    def reached(self, share: float) -> None:
        """How much of the work is done, from 0 to 1."""

    def saving(self) -> AbstractContextManager[Session]:
        """A write transaction for what is kept bit by bit. Raises if the work is not ours any more."""

    def cause(self, note: str = "") -> Cause:
        """Who moves a record within `saving()`, for its history."""


def _nothing(_: Session) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Done:
    """A step's work is done: where the record goes, and what is written with the move, in one transaction.

    `also` runs in that transaction, before the move. A step that raises leaves its record where it is: the failure is
    counted, and a later cycle takes it up again.
    """

    to_status: str
    values: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    also: Callable[[Session], None] = _nothing
