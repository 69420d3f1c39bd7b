"""Moves of a parent and all its children at once: one statement for however many there are.

All are called inside a `transaction()`, and write their `JobEvent`s in the same one.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, and_, exists, insert, literal, not_, select
from sqlalchemy.orm import Session, aliased

from extensions import db_now
from models import Job, JobEvent
from services.jobs import states
from services.jobs.endings import end
from services.jobs.moves import (
    CancelRequested,
    LeaseLost,
    end_values,
    holds,
    move,
    move_many,
    reopen_values,
)


def cancel_waiting_children(session: Session, parent_id: str, *, reason: str) -> int:
    """Cancel all children that nobody runs yet; how many there were."""
    guard = and_(Job.parent_id == parent_id, Job.status.in_(states.WAITING))
    moved = move_many(session, guard, end_values(states.CANCELED))
    if moved:
        _record_children(session, parent_id, states.CANCELED, reason)
    return moved


def reopen_children(session: Session, parent_id: str, *, attempts: int, reason: str) -> int:
    """Start all children that failed or were canceled over; how many there were."""
    guard = and_(Job.parent_id == parent_id, Job.status.in_((states.FAILED, states.CANCELED)))
    moved = move_many(session, guard, reopen_values(states.QUEUED, attempts=attempts, active_key=None))
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


def hand_over_to_children(
    session: Session, job_id: str, attempt: int, *, children_total: int, steps: Sequence[dict[str, Any]]
) -> None:
    """The parent has made all its children: it stays started, but nobody holds it any more.

    :raise CancelRequested: if it was asked to stop meanwhile.
    :raise LeaseLost: if the attempt is no longer ours.
    """
    values = {
        "children_total": children_total,
        "steps": list(steps),
        "lease_owner": None,
        "lease_until": None,
        "dispatched_at": db_now(),
        "updated_at": db_now(),
        "version": Job.version + 1,
    }
    if move(session, and_(holds(job_id, attempt), Job.cancel_requested_at.is_(None)), values):
        return
    if session.scalar(select(Job.id).where(holds(job_id, attempt))):
        raise CancelRequested("The job was canceled.")
    raise LeaseLost(f"Attempt {attempt} of job {job_id} is not ours any more.")


def open_gate(session: Session, parent_id: str, attempt: int, *, status: str, values: dict[str, Any]) -> bool:
    """End a parent whose children are all over. It counts unfinished children, never events, so it opens once."""
    guard = and_(holds(parent_id, attempt), Job.children_total.is_not(None), not_(has_live_children()))
    return end(session, guard, status, from_status=states.STARTED, **values)


def has_live_children() -> ColumnElement[bool]:
    """A condition on `Job`: some child of it is not over."""
    child = aliased(Job)
    return exists(select(literal(1)).where(child.parent_id == Job.id, child.status.in_(states.LIVE)))


def request_cancel_of_children(session: Session, parent_id: str) -> int:
    """Ask whoever runs children of a parent to stop; how many are asked."""
    guard = and_(Job.parent_id == parent_id, Job.status == states.STARTED, Job.cancel_requested_at.is_(None))
    return move_many(session, guard, {"cancel_requested_at": db_now(), "updated_at": db_now()})
