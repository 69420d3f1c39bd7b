"""Every move of a job's state: one guarded statement each, and the row count says who made it.

All are called inside a `transaction()`, and each writes its `JobEvent` in the same one; only the birth of children,
which come by the thousand, goes unwritten. Times are the database's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, exists, insert, literal, not_, select, update
from sqlalchemy.orm import Session, aliased

from errors import BackbeatError
from extensions import db_now
from models import Job, JobEvent, QueueState
from services.jobs import states

MAX_ERROR_CHARS = 500


class LeaseLost(BackbeatError):
    """The job is somebody else's by now: whatever was being done for it must stop and change nothing."""

    code = "lease_lost"


class CancelRequested(BackbeatError):
    """Somebody asked for the job to be canceled."""

    code = "canceled"


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this process has just claimed, with the facts that its run needs."""

    id: str
    type: str
    attempt: int
    max_attempts: int
    crash_count: int
    queue: str
    parent_id: str | None
    target_type: str | None
    target_id: str | None
    title: str
    params: dict[str, Any]
    owner_id: int | None
    version: int
    created_at: float
    started_at: float
    children_total: int | None


_CLAIM_COLUMNS = tuple(getattr(Job, name) for name in Claim.__dataclass_fields__)


def holds(job_id: str, attempt: int) -> ColumnElement[bool]:
    """The fence: true only for whoever claimed this very attempt and has not lost it."""
    return and_(Job.id == job_id, Job.attempt == attempt, Job.status == states.STARTED)


def record(
    session: Session, job_id: str, attempt: int, from_status: str | None, to_status: str, reason: str = ""
) -> None:
    session.execute(
        insert(JobEvent).values(
            job_id=job_id,
            attempt=attempt,
            from_status=from_status,
            to_status=to_status,
            reason=reason[:300],
            at=db_now(),
        )
    )


def claim(
    session: Session, job_id: str, attempt: int, *, owner: str, worker: str, lease_seconds: float
) -> Claim | None:
    """Make a queued attempt ours; None if it is no longer to be had, or its queue is paused."""
    paused = exists().where(QueueState.name == Job.queue, QueueState.paused)
    row = session.execute(
        update(Job)
        .where(
            Job.id == job_id,
            Job.attempt == attempt,
            Job.status == states.QUEUED,
            Job.cancel_requested_at.is_(None),
            not_(paused),
        )
        .values(
            status=states.STARTED,
            lease_owner=owner,
            lease_until=db_now() + lease_seconds,
            worker=worker,
            started_at=db_now(),
            updated_at=db_now(),
            version=Job.version + 1,
            progress=0.0,
            step="",
            message="",
            current=None,
            total=None,
        )
        .returning(*_CLAIM_COLUMNS)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        return None
    record(session, job_id, attempt, states.QUEUED, states.STARTED, worker)
    return Claim(**row._mapping)


def _end_values(status: str, **values: Any) -> dict[str, Any]:
    return {
        "status": status,
        "active_key": None,
        "lease_owner": None,
        "lease_until": None,
        "ended_at": db_now(),
        "updated_at": db_now(),
        "version": Job.version + 1,
        **values,
    }


def _move(session: Session, guard: ColumnElement[bool], values: dict[str, Any]) -> bool:
    return _move_many(session, guard, values) > 0


def _move_many(session: Session, guard: ColumnElement[bool], values: dict[str, Any]) -> int:
    statement = update(Job).where(guard).values(**values).execution_options(synchronize_session=False)
    changed: int = session.execute(statement).rowcount  # type: ignore[attr-defined] # an UPDATE's result has it
    return changed


def finish(
    session: Session, job_id: str, attempt: int, *, result: dict[str, Any], result_url: str | None, version: int
) -> None:
    """:raise LeaseLost: if the attempt is no longer ours; the transaction must then be rolled back."""
    values = _end_values(
        states.FINISHED,
        progress=1.0,
        step="complete",
        message="",
        result=result,
        result_url=result_url,
        error=None,
        error_code=None,
        error_detail=None,
        version=version,
    )
    if not _move(session, holds(job_id, attempt), values):
        raise LeaseLost(f"Attempt {attempt} of job {job_id} is not ours any more.")
    record(session, job_id, attempt, states.STARTED, states.FINISHED)


def fail(
    session: Session, job_id: str, attempt: int, *, code: str, error: str, detail: str | None = None, crashes: int = 0
) -> bool:
    values = _end_values(
        states.FAILED,
        error_code=code,
        error=error[:MAX_ERROR_CHARS],
        error_detail=detail,
        crash_count=Job.crash_count + crashes,
    )
    if not _move(session, holds(job_id, attempt), values):
        return False
    record(session, job_id, attempt, states.STARTED, states.FAILED, f"{code}: {error}")
    cancel_waiting_children(session, job_id, reason="the parent failed")
    return True


def cancel_started(session: Session, job_id: str, attempt: int, *, reason: str) -> bool:
    """End a running attempt as canceled, by whoever runs it or has found it dead."""
    if not _move(session, holds(job_id, attempt), _end_values(states.CANCELED)):
        return False
    record(session, job_id, attempt, states.STARTED, states.CANCELED, reason)
    cancel_waiting_children(session, job_id, reason="the parent was canceled")
    return True


def cancel_waiting_children(session: Session, parent_id: str, *, reason: str) -> int:
    """Cancel all children that nobody runs yet; how many there were."""
    guard = and_(Job.parent_id == parent_id, Job.status.in_(states.WAITING))
    moved = _move_many(session, guard, _end_values(states.CANCELED))
    if moved:
        _record_children(session, parent_id, states.CANCELED, reason)
    return moved


def reopen_children(session: Session, parent_id: str, *, attempts: int, reason: str) -> int:
    """Start all children that failed or were canceled over; how many there were."""
    guard = and_(Job.parent_id == parent_id, Job.status.in_((states.FAILED, states.CANCELED)))
    moved = _move_many(session, guard, _reopen_values(states.QUEUED, attempts=attempts, active_key=None))
    if moved:
        _record_children(session, parent_id, states.QUEUED, reason)
    return moved


def _record_children(session: Session, parent_id: str, to_status: str, reason: str) -> None:
    """Write down that children came to a state, in one statement, for those of which it is not written yet."""
    event = aliased(JobEvent)
    known = exists().where(event.job_id == Job.id, event.attempt == Job.attempt, event.to_status == to_status)
    columns = ("job_id", "attempt", "from_status", "to_status", "reason", "at")
    came = select(Job.id, Job.attempt, literal(None, String), literal(to_status), literal(reason), db_now()).where(
        Job.parent_id == parent_id, Job.status == to_status, not_(known)
    )
    session.execute(insert(JobEvent).from_select(columns, came))


def cancel_waiting(session: Session, job_id: str, *, reason: str) -> bool:
    """Cancel a job that nobody runs yet."""
    guard = and_(Job.id == job_id, Job.status.in_(states.WAITING))
    row = session.execute(select(Job.attempt, Job.status).where(guard)).one_or_none()
    if row is None or not _move(session, guard, _end_values(states.CANCELED, cancel_requested_at=db_now())):
        return False
    record(session, job_id, row.attempt, row.status, states.CANCELED, reason)
    return True


def try_again(
    session: Session,
    job_id: str,
    attempt: int,
    *,
    delay_seconds: float,
    reason: str,
    code: str | None = None,
    detail: str | None = None,
    crashed: bool = False,
) -> bool:
    """Give a running attempt up and make the next: at once, or `scheduled` for later; canceled if that was asked for.

    A crash counts towards quarantine; any other end of an attempt starts that count over.
    """
    values: dict[str, Any] = {
        "crash_count": Job.crash_count + 1 if crashed else 0,
        "due_at": db_now() + delay_seconds,
        "error": reason[:MAX_ERROR_CHARS],
        "error_code": code,
        "error_detail": detail,
    }
    status = states.SCHEDULED if delay_seconds > 0 else states.QUEUED
    return _next_attempt(session, job_id, attempt, status, values, reason)


def hand_back(session: Session, job_id: str, attempt: int) -> bool:
    """Return a running attempt to the queue because its worker is to stop: no fault of the job's."""
    values = {"max_attempts": Job.max_attempts + 1, "due_at": db_now()}
    return _next_attempt(session, job_id, attempt, states.QUEUED, values, "the worker was asked to stop")


def _next_attempt(
    session: Session, job_id: str, attempt: int, status: str, values: dict[str, Any], reason: str
) -> bool:
    guard = and_(holds(job_id, attempt), Job.cancel_requested_at.is_(None))
    if not _move(session, guard, _fresh_values(status) | values):
        return cancel_started(session, job_id, attempt, reason="asked to stop")  # false if it is not ours any more
    record(session, job_id, attempt, states.STARTED, status, reason)
    return True


def _fresh_values(status: str) -> dict[str, Any]:
    """What every attempt begins with, before it is claimed."""
    return {
        "status": status,
        "attempt": Job.attempt + 1,
        "dispatched_at": None,
        "lease_owner": None,
        "lease_until": None,
        "updated_at": db_now(),
        "version": Job.version + 1,
        "progress": 0.0,
        "step": "",
        "message": "",
        "current": None,
        "total": None,
    }


def promote_due(session: Session, *, limit: int) -> Sequence[str]:
    """Queue scheduled jobs whose time has come, at most `limit` of them; their ids."""
    due = select(Job.id).where(Job.status == states.SCHEDULED, Job.due_at <= db_now()).order_by(Job.due_at)
    moved = session.execute(
        update(Job)
        .where(Job.id.in_(due.limit(limit).scalar_subquery()), Job.status == states.SCHEDULED)
        .values(status=states.QUEUED, dispatched_at=None, updated_at=db_now(), version=Job.version + 1)
        .returning(Job.id, Job.attempt)
        .execution_options(synchronize_session=False)
    ).all()
    for job_id, attempt in moved:
        record(session, job_id, attempt, states.SCHEDULED, states.QUEUED)
    return [job_id for job_id, _ in moved]


def cancel_forgotten(session: Session) -> int:
    """Cancel waiting jobs that somebody asked to stop while they were between two attempts; how many there were."""
    guard = and_(Job.status.in_(states.WAITING), Job.cancel_requested_at.is_not(None))
    return _move_many(session, guard, _end_values(states.CANCELED))


def hand_over_to_children(session: Session, job_id: str, attempt: int, *, children_total: int) -> None:
    """The parent has made all its children: it stays started, but nobody holds it any more.

    :raise CancelRequested: if it was asked to stop meanwhile.
    :raise LeaseLost: if the attempt is no longer ours.
    """
    values = {
        "children_total": children_total,
        "lease_owner": None,
        "lease_until": None,
        "dispatched_at": db_now(),
        "updated_at": db_now(),
        "version": Job.version + 1,
    }
    if _move(session, and_(holds(job_id, attempt), Job.cancel_requested_at.is_(None)), values):
        return
    if session.scalar(select(Job.id).where(holds(job_id, attempt))):
        raise CancelRequested("The job was canceled.")
    raise LeaseLost(f"Attempt {attempt} of job {job_id} is not ours any more.")


def open_gate(session: Session, parent_id: str, attempt: int, *, status: str, values: dict[str, Any]) -> bool:
    """End a parent whose children are all over. It counts unfinished children, never events, so it opens once."""
    guard = and_(holds(parent_id, attempt), Job.children_total.is_not(None), not_(has_live_children()))
    if not _move(session, guard, _end_values(status, **values)):
        return False
    record(session, parent_id, attempt, states.STARTED, status)
    return True


def has_live_children() -> ColumnElement[bool]:
    """A condition on `Job`: some child of it is not over."""
    child = aliased(Job)
    return exists(select(literal(1)).where(child.parent_id == Job.id, child.status.in_(states.LIVE)))


def request_cancel(session: Session, job_id: str) -> bool:
    """Ask whoever runs the job to stop; false if nobody runs it."""
    guard = and_(Job.id == job_id, Job.status == states.STARTED, Job.cancel_requested_at.is_(None))
    return _move(session, guard, {"cancel_requested_at": db_now(), "updated_at": db_now()})


def request_cancel_of_children(session: Session, parent_id: str) -> int:
    """Ask whoever runs children of a parent to stop; how many are asked."""
    guard = and_(Job.parent_id == parent_id, Job.status == states.STARTED, Job.cancel_requested_at.is_(None))
    return _move_many(session, guard, {"cancel_requested_at": db_now(), "updated_at": db_now()})


def reopen(
    session: Session, job_id: str, *, attempts: int, active_key: str | None, to_status: str, reason: str
) -> bool:
    """Start a failed or canceled job over, as a new attempt with `attempts` tries."""
    guard = and_(Job.id == job_id, Job.status.in_((states.FAILED, states.CANCELED)))
    row = session.execute(select(Job.attempt, Job.status).where(guard)).one_or_none()
    if row is None or not _move(session, guard, _reopen_values(to_status, attempts=attempts, active_key=active_key)):
        return False
    record(session, job_id, row.attempt + 1, row.status, to_status, reason)
    return True


def _reopen_values(status: str, *, attempts: int, active_key: str | None) -> dict[str, Any]:
    return _fresh_values(status) | {
        "max_attempts": Job.attempt + attempts,
        "crash_count": 0,
        "active_key": active_key,
        "cancel_requested_at": None,
        "due_at": db_now(),
        "started_at": db_now() if status == states.STARTED else None,
        "ended_at": None,
        "error": None,
        "error_code": None,
        "error_detail": None,
        "result": None,
    }
