"""The priority of work that waits: which queue it stands in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import structlog
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from errors import Conflict, InvalidInput
from extensions import db_now, redis, transaction
from models import Job
from services.jobs import children, states
from services.jobs.moves import move_many
from services.jobs.operations import get_job
from services.jobs.registry import PRIORITIES, SYSTEM
from store.bell import Bell

log = structlog.get_logger(__name__)


def movable() -> ColumnElement[bool]:
    """A condition on `Job`: it waits, or its children do, and it is not a part of a larger job.

    Operators' own background work has no priority: it is served first.
    """
    waits = or_(Job.status.in_(states.WAITING), and_(Job.status == states.STARTED, Job.children_total.is_not(None)))
    return and_(Job.parent_id.is_(None), Job.queue != SYSTEM, waits)


def check_priority(queue: str) -> None:
    """:raise InvalidInput: if jobs cannot be moved to this queue."""
    if queue not in PRIORITIES:
        raise InvalidInput(f"{queue[:60]!r} is not a priority.", details={"queue": f"one of {', '.join(PRIORITIES)}"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a job waited, and what its rings there are called: the first of an attempt, and the last."""

    id: str
    attempt: int
    dispatch_no: int
    queue: str
    children_total: int | None

    @property
    def rings(self) -> set[str]:
        return {Bell.ring_name(self.id, self.attempt, number) for number in (0, self.dispatch_no)}


def set_priority(job_id: str, queue: str) -> str:
    """Let a waiting job wait in another queue; a parent's children go with it. Its status.

    :raise NotFound: if there is no such job.
    :raise InvalidInput: if there is no such priority.
    :raise Conflict: if it does not wait, is a part of a larger job, or is an operator's own.
    """
    check_priority(queue)
    job = get_job(job_id)
    if job.queue == queue:
        return job.status
    with transaction() as session:
        moved = move_to(session, [job_id], queue)
    if not moved:
        raise _refusal(get_job(job_id))
    follow_up(moved, queue)
    return get_job(job_id).status


def _refusal(job: Job) -> Conflict:
    if job.parent_id is not None:
        return Conflict(
            "It is a part of a larger job and waits where that does: move the larger one.",
            code="follows_parent",
            details={"parent": job.parent_id},
        )
    if job.queue == SYSTEM:
        return Conflict("What operators have started is served first already.", code="no_priority")
    return Conflict(
        f"Only a job that waits can be moved to another queue; this one is {job.status}.",
        code="not_waiting",
        details={"status": job.status},
    )


def move_to(session: Session, job_ids: Sequence[str], queue: str) -> list[Standing]:
    """Move those of these jobs that may be moved; where each of them stood. The janitor rings for them there."""
    guard = and_(Job.id.in_(job_ids), movable(), Job.queue != queue)
    columns = (Job.id, Job.attempt, Job.dispatch_no, Job.queue, Job.children_total)
    rows = [Standing(*row) for row in session.execute(select(*columns).where(guard).with_for_update())]
    new = {"queue": queue, "dispatched_at": None, "updated_at": db_now(), "version": Job.version + 1}
    moved = set(
        session.scalars(
            update(Job).where(guard).values(**new).returning(Job.id).execution_options(synchronize_session=False)
        )
    )
    parents = [row.id for row in rows if row.id in moved and row.children_total is not None]
    if parents:
        move_many(session, Job.parent_id.in_(parents), {"queue": queue})
    return [row for row in rows if row.id in moved]


def follow_up(moved: Iterable[Standing], queue: str) -> None:
    """After the commit: take the rings out of the old queues, so that none is served by its old priority.

    Best effort: a ring that stays makes a job run early, and nothing else.
    """
    for old_queue, group in groupby(sorted(moved, key=lambda row: row.queue), key=lambda row: row.queue):
        rows = list(group)
        rings = [ring for row in rows if row.children_total is None for ring in row.rings]
        try:
            Bell(redis.client).unring(old_queue, rings)
        except RedisError as e:
            log.warning("rings_not_taken_back", queue=old_queue, error=str(e))
        for row in rows:
            if row.children_total is not None:
                children.ring_lanes(row.id, queue, row.children_total)
                children.refresh_parent(row.id, at_once=True)
