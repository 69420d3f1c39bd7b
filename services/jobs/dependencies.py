"""Jobs that wait for another one to finish: whether they still have to, and what they are told of it.

A job that is `deferred` names the job that it waits for in `after_id`. What ends that job frees or fails those that
wait for it in the same transaction (`endings`), so whoever defers one reads the awaited row with a lock on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, aliased

from errors import Conflict, InvalidInput
from extensions import db, db_now
from models import Job
from services.jobs import states
from services.jobs.moves import record

DEPENDENCY_FAILED = "dependency_failed"
_OUTCOMES = {states.FAILED: "has failed", states.CANCELED: "was canceled"}
_GONE = "is not there any more"
# That it is deferred: put so that SQLite, which takes an equality for better than it is, seeks who waits for one job
# instead of going through all that wait for any.
STILL_WAITS = Job.status.not_in([status for status in states.ALL if status != states.DEFERRED])


@dataclass(frozen=True, slots=True)
class Standing:
    """The state in which a job begins, and what it waits for then."""

    status: str
    after_id: str | None = None


def standing(session: Session, after_id: str | None) -> Standing:
    """Whether a job that wants another one finished first is to wait for it.

    :raise Conflict: if the other one is over without having finished, or is not there.
    :raise InvalidInput: if it is a part of a larger job: such have nobody who waits for them.
    """
    if after_id is None:
        return Standing(states.QUEUED)
    # The lock keeps its end from being committed before whoever waits for it is.
    awaited = select(Job.status, Job.parent_id).where(Job.id == after_id).with_for_update(read=True)
    row = session.execute(awaited).one_or_none()
    if row is not None and row.parent_id is not None:
        raise InvalidInput(
            f"Job {after_id} is a part of a larger one; wait for that.", details={"after": f"such as {row.parent_id}"}
        )
    if row is not None and row.status in states.LIVE:
        return Standing(states.DEFERRED, after_id)
    if row is None or row.status != states.FINISHED:
        raise Conflict(sentence(after_id, row.status if row else None), code=DEPENDENCY_FAILED)
    return Standing(states.QUEUED)


def sentence(awaited_id: str, status: str | None) -> str:
    """Why a job cannot begin; `status` is that of the job that it needs, None if that is gone."""
    return f"Job {awaited_id[:60]}, which it needs to be finished first, {_OUTCOMES.get(status or '', _GONE)}."


def free(session: Session, awaited_ids: Sequence[str]) -> None:
    """Queue those that waited for jobs which have finished; the janitor rings for them."""
    freed = session.execute(
        update(Job)
        .where(Job.after_id.in_(awaited_ids), STILL_WAITS)
        .values(
            status=states.QUEUED,
            after_id=None,
            dispatched_at=None,
            due_at=db_now(),
            updated_at=db_now(),
            version=Job.version + 1,
        )
        .returning(Job.id, Job.attempt)
        .execution_options(synchronize_session=False)
    ).all()
    for job_id, attempt in freed:
        record(session, job_id, attempt, states.DEFERRED, states.QUEUED, "what it waited for has finished")


def waiting_for(session: Session, awaited_ids: Sequence[str]) -> Sequence[Any]:
    """`id, type, attempt, after_id` of those that wait for any of these jobs."""
    columns = (Job.id, Job.type, Job.attempt, Job.after_id)
    wanted = select(*columns).where(Job.after_id.in_(awaited_ids), STILL_WAITS)
    return session.execute(wanted.order_by(Job.id)).all()


def forgotten(session: Session, *, limit: int) -> dict[str, str | None]:
    """Jobs that are over or gone and for which some job waits all the same, with their state, None for those gone."""
    awaited = aliased(Job)
    waits = and_(Job.status == states.DEFERRED, Job.after_id.is_not(None))
    over = or_(awaited.id.is_(None), awaited.status.in_(states.ENDED))
    rows = select(Job.after_id, awaited.status).distinct().outerjoin(awaited, awaited.id == Job.after_id)
    return {str(after_id): status for after_id, status in session.execute(rows.where(waits, over).limit(limit))}


def facts(jobs: Sequence[Job]) -> dict[str, dict[str, Any]]:
    """What is told of those that are deferred, by id: `message`, and `waits_for` with `job_id, title, status`."""
    wanted = {job.id: job.after_id for job in jobs if job.status == states.DEFERRED and job.after_id}
    if not wanted:
        return {}
    columns = (Job.id, Job.title, Job.status)
    rows = {row.id: row for row in db.session.execute(select(*columns).where(Job.id.in_(set(wanted.values()))))}
    return {job_id: _told(after_id, rows.get(after_id)) for job_id, after_id in wanted.items()}


def _told(after_id: str, awaited: Any) -> dict[str, Any]:
    title = awaited.title if awaited else ""
    return {
        "message": f"Waits for {f'“{title}”' if title else f'job {after_id}'} to finish.",
        "waits_for": {"job_id": after_id, "title": title, "status": awaited.status if awaited else None},
    }
