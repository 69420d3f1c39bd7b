"""The head of each queue: what waits there, since when, and whether anything is taken up."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal_column, select

from extensions import current_settings, db, db_now
from models import Job, QueueState
from services.jobs import states
from services.jobs.registry import QUEUES

# Spelled out, since a bound value would keep the partial index `ix_job_line` from being used.
_QUEUED: ColumnElement[str] = literal_column(f"'{states.QUEUED}'")


@dataclass(frozen=True, slots=True)
class Pause:
    """Who holds a queue back, why, since when and until when; instants by the database's clock."""

    reason: str
    by: str
    since: float
    until: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """`wait_seconds` is how long the first in line has been due; children stand in their parent's line, not in this."""

    queue: str
    wait_seconds: float | None
    limit_seconds: float
    has_waiting: bool  # children included
    pause: Pause | None

    @property
    def is_late(self) -> bool:
        return self.wait_seconds is not None and self.wait_seconds > self.limit_seconds


def in_line(queue: str) -> ColumnElement[bool]:
    """Jobs that wait by themselves; served by `ix_job_line`."""
    return and_(Job.parent_id.is_(None), Job.status == _QUEUED, Job.queue == queue)


def look_at_lines() -> dict[str, Line]:
    """Each queue's line by its name: two statements, each seeking the head of an index."""
    limits = current_settings().queue_wait_limit_seconds
    pauses = _pauses()
    row = db.session.execute(_heads()).one()._mapping
    return {
        queue: Line(
            queue,
            None if row[f"due_{queue}"] is None else max(0.0, row["now"] - row[f"due_{queue}"]),
            limits[queue],
            bool(row[f"waiting_{queue}"]),
            pauses.get(queue),
        )
        for queue in QUEUES
    }


@cache  # to put it together takes longer than to run it
def _heads() -> Select[Any]:
    columns: list[ColumnElement[Any]] = [db_now().label("now")]
    for queue in QUEUES:
        first = select(Job.due_at).where(in_line(queue)).order_by(Job.due_at).limit(1)
        waiting = exists(select(Job.id).where(Job.status == states.QUEUED, Job.queue == queue))
        columns += [first.scalar_subquery().label(f"due_{queue}"), waiting.label(f"waiting_{queue}")]
    return select(*columns)


def _pauses() -> dict[str, Pause]:
    paused = select(QueueState).where(QueueState.paused).execution_options(populate_existing=True)
    return {
        state.name: Pause(state.reason, state.changed_by, state.changed_at, state.until)
        for state in db.session.scalars(paused)
    }
