"""Going through all jobs that are meant, batch by batch, in the order of their ids."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from extensions import db
from models import Job
from services.bulk import moves
from services.bulk.actions import Action, action_of
from services.bulk.selection import Selection


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done to which jobs; `queue` is where a change of priority leads."""

    action: Action
    selection: Selection
    queue: str = ""

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "Order":
        """The order that `as_params` wrote down."""
        return cls(action_of(str(params["action"])), Selection.from_params(params), str(params.get("priority", "")))

    def as_params(self) -> dict[str, Any]:
        priority = {"priority": self.queue} if self.queue else {}
        return {"action": self.action.name, **self.selection.as_params(), **priority}


@dataclass(frozen=True, slots=True)
class Step:
    """One batch that has been gone through: how many jobs, how many of them were changed, and the last id."""

    seen: int
    changed: int
    last_id: str


def ids_after(order: Order, last_id: str, limit: int) -> list[str]:
    """The next jobs that are meant and in a state for it."""
    wanted = (*order.selection.fitting(order.action, order.queue), Job.id > last_id)
    ids = list(db.session.scalars(select(Job.id).where(*wanted).order_by(Job.id).limit(limit)))
    db.session.rollback()
    return ids


Saving = Callable[[], AbstractContextManager[Session]]
Note = Callable[[Session, Step], None]


def act(order: Order, ids: Sequence[str], saving: Saving, note: Note) -> int:
    """Act on one batch, and note how it went in the same transaction; how many jobs were changed.

    Where one of them meets the same work in another job, that one is skipped and the others are not: each then has a
    transaction of its own.
    """
    try:
        return _act(order, ids, saving, note)
    except IntegrityError:
        if len(ids) > 1:
            return sum(act(order, [job_id], saving, note) for job_id in ids)
    with saving() as session:
        note(session, Step(1, 0, ids[0]))
    return 0


def _act(order: Order, ids: Sequence[str], saving: Saving, note: Note) -> int:
    with saving() as session:
        moved = moves.apply(session, order.action, ids, order.queue)
        note(session, Step(len(ids), moved.count, ids[-1]))
    moved.follow_up()
    return moved.count
