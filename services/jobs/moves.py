"""What every move of a job's state is made of: the fence, the guarded update and its row count, the record.

Times are the database's.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, insert, null, update
from sqlalchemy.orm import Session

from errors import BackbeatError
from extensions import db_now
from models import Job, JobEvent
from services.jobs import states


class LeaseLost(BackbeatError):
    """The job is somebody else's by now: whatever was being done for it must stop and change nothing."""

    code = "lease_lost"


class CancelRequested(BackbeatError):
    """Somebody asked for the job to be canceled."""

    code = "canceled"


def holds(job_id: str | BindParameter[str], attempt: int | BindParameter[int]) -> ColumnElement[bool]:
    """The fence: true only for whoever claimed this very attempt and has not lost it."""
    return and_(Job.id == job_id, Job.attempt == attempt, Job.status == states.STARTED)


# Statements that every job needs are made once: to make one costs more than to run it.
_RECORD = insert(JobEvent).values(at=db_now())


def record(
    session: Session, job_id: str, attempt: int, from_status: str | None, to_status: str, reason: str = ""
) -> None:
    record_many(session, [(job_id, attempt, from_status, to_status)], reason)


def record_many(session: Session, moved: Sequence[tuple[str, int, str | None, str]], reason: str = "") -> None:
    """Write down moves, each `(job_id, attempt, from_status, to_status)`."""
    names = ("job_id", "attempt", "from_status", "to_status")
    session.connection().execute(
        _RECORD, [{**dict(zip(names, move, strict=True)), "reason": reason[:300]} for move in moved]
    )


def end_values(status: str, **values: Any) -> dict[str, Any]:
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


def move(session: Session, guard: ColumnElement[bool], values: dict[str, Any]) -> bool:
    return move_many(session, guard, values) > 0


def move_many(session: Session, guard: ColumnElement[bool], values: dict[str, Any]) -> int:
    statement = update(Job).where(guard).values(**values).execution_options(synchronize_session=False)
    changed: int = session.execute(statement).rowcount  # type: ignore[attr-defined] # an UPDATE's result has it
    return changed


def keep_progress(session: Session, job_id: str, attempt: int, values: Mapping[str, Any]) -> None:
    """Note in the row how far a running attempt has come; to be called before it is moved on."""
    move(session, holds(job_id, attempt), dict(values))


def fresh_values(status: str) -> dict[str, Any]:
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


def reopen_values(status: str, *, attempts: int, active_key: str | None) -> dict[str, Any]:
    return (
        fresh_values(status)
        | {
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
            "error_group": None,
            "result": None,
        }
        | ({"steps": null()} if status == states.STARTED else {})
    )
