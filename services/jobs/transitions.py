"""Every move of one job's state.

All are called inside a `transaction()`, and each writes its `JobEvent` in the same one; only the birth of children,
which come by the thousand, goes unwritten.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, case, select, update
from sqlalchemy.orm import Session

from extensions import db_now
from models import Job
from services.jobs import family, states
from services.jobs.dependencies import Standing
from services.jobs.endings import end, end_by, ending
from services.jobs.failure import PROCESS_KILLED, Decision, TryAgain
from services.jobs.fingerprint import error_group
from services.jobs.moves import LeaseLost, fresh_values, holds, move, move_many, record, reopen_values

MAX_ERROR_CHARS = 500

# As in `moves`: a statement that every job needs is made once.
_FINISH = ending(
    holds(bindparam("wanted"), bindparam("its_attempt")),
    states.FINISHED,
    progress=1.0,
    step="complete",
    message="",
    steps=bindparam("its_steps"),
    result=bindparam("its_result"),
    result_url=bindparam("its_result_url"),
    error=None,
    error_code=None,
    error_detail=None,
    version=bindparam("its_version"),
)


def finish(
    session: Session,
    job_id: str,
    attempt: int,
    *,
    result: dict[str, Any],
    result_url: str | None,
    version: int,
    steps: Sequence[dict[str, Any]] = (),
) -> None:
    """:raise LeaseLost: if the attempt is no longer ours; the transaction must then be rolled back."""
    facts = {
        "wanted": job_id,
        "its_attempt": attempt,
        "its_steps": list(steps),
        "its_result": result,
        "its_result_url": result_url,
        "its_version": version,
    }
    ours = end_by(session, _FINISH, facts, states.FINISHED, from_status=states.STARTED)
    if not ours:
        raise LeaseLost(f"Attempt {attempt} of job {job_id} is not ours any more.")


def fail(
    session: Session, job_id: str, attempt: int, *, code: str, error: str, detail: str | None = None, crashes: int = 0
) -> bool:
    job_type = session.scalar(select(Job.type).where(Job.id == job_id)) or ""
    ours = end(
        session,
        holds(job_id, attempt),
        states.FAILED,
        from_status=states.STARTED,
        reason=f"{code}: {error}",
        error_code=code,
        error=error[:MAX_ERROR_CHARS],
        error_detail=detail,
        error_group=error_group(job_type, code, error, detail),
        crash_count=Job.crash_count + crashes,
    )
    if not ours:
        return False
    family.cancel_waiting_children(session, job_id, reason="the parent failed")
    return True


def cancel_started(session: Session, job_id: str, attempt: int, *, reason: str) -> bool:
    """End a running attempt as canceled, by whoever runs it or has found it dead."""
    if not end(session, holds(job_id, attempt), states.CANCELED, from_status=states.STARTED, reason=reason):
        return False
    family.cancel_waiting_children(session, job_id, reason="the parent was canceled")
    return True


def cancel_waiting(session: Session, job_id: str, *, reason: str) -> bool:
    """Cancel a job that nobody runs yet."""
    guard = and_(Job.id == job_id, Job.status.in_(states.WAITING))
    status = session.scalar(select(Job.status).where(guard))
    return status is not None and end(
        session, guard, states.CANCELED, from_status=status, reason=reason, cancel_requested_at=db_now()
    )


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


def follow(
    session: Session,
    job_id: str,
    attempt: int,
    decision: Decision,
    *,
    detail: str | None = None,
    crashed: bool = False,
) -> bool:
    """Move a running attempt that did not end well as was decided; `detail` is for operators only."""
    if isinstance(decision, TryAgain):
        return try_again(
            session,
            job_id,
            attempt,
            delay_seconds=decision.delay_seconds,
            reason=decision.reason,
            code=decision.code,
            detail=detail,
            crashed=crashed,
        )
    return fail(
        session, job_id, attempt, code=decision.code, error=decision.reason, detail=detail, crashes=int(crashed)
    )


def free_leases(session: Session, owner: str, how: str) -> int:
    """End the leases of a worker whose process was killed, so that nobody waits for them to run out; how many.

    `how` it died, a sentence, is noted for whoever takes the jobs over; a job that is to be canceled has no need of it.
    """
    guard = and_(Job.lease_owner == owner, Job.status == states.STARTED)
    ours_to_tell = Job.cancel_requested_at.is_(None)
    values = {
        "lease_until": db_now() - 1,
        "error": case((ours_to_tell, how), else_=Job.error),
        "error_code": case((ours_to_tell, PROCESS_KILLED), else_=Job.error_code),
    }
    return move_many(session, guard, values)


def hand_back(session: Session, job_id: str, attempt: int) -> bool:
    """Return a running attempt to the queue because its worker is to stop: no fault of the job's."""
    values = {"max_attempts": Job.max_attempts + 1, "due_at": db_now()}
    return _next_attempt(session, job_id, attempt, states.QUEUED, values, "the worker was asked to stop")


def _next_attempt(
    session: Session, job_id: str, attempt: int, status: str, values: dict[str, Any], reason: str
) -> bool:
    guard = and_(holds(job_id, attempt), Job.cancel_requested_at.is_(None))
    if not move(session, guard, fresh_values(status) | values):
        return cancel_started(session, job_id, attempt, reason="asked to stop")  # false if it is not ours any more
    record(session, job_id, attempt, states.STARTED, status, reason)
    return True


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
    forgotten = select(Job.id).where(Job.status.in_(states.WAITING), Job.cancel_requested_at.is_not(None))
    ids = session.scalars(forgotten.with_for_update(skip_locked=True)).all()
    return sum(cancel_waiting(session, job_id, reason="asked to stop while it waited") for job_id in ids)


def request_cancel(session: Session, job_id: str) -> bool:
    """Ask whoever runs the job to stop; false if nobody runs it."""
    guard = and_(Job.id == job_id, Job.status == states.STARTED, Job.cancel_requested_at.is_(None))
    return move(session, guard, {"cancel_requested_at": db_now(), "updated_at": db_now()})


def reopen(session: Session, job_id: str, *, attempts: int, active_key: str | None, to: Standing, reason: str) -> bool:
    """Start a failed or canceled job over, as a new attempt with `attempts` tries; the caller rings for it."""
    guard = and_(Job.id == job_id, Job.status.in_((states.FAILED, states.CANCELED)))
    row = session.execute(select(Job.attempt, Job.status).where(guard)).one_or_none()
    values = reopen_values(to.status, attempts=attempts, active_key=active_key)
    values |= {"dispatched_at": db_now(), "after_id": to.after_id}
    if row is None or not move(session, guard, values):
        return False
    record(session, job_id, row.attempt + 1, row.status, to.status, reason)
    return True
