"""Taking an order in: the background job and its audit entry are written together, once for each asking."""

from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from ulid import ULID

from errors import Conflict
from extensions import db, db_now, transaction
from models import AuditEntry, Job
from services import audit
from services.bulk.batches import Order
from services.bulk.ledger import TARGET_TYPE, is_of
from services.bulk.preview import Preview, preview
from services.jobs import moves, states
from services.jobs.registry import BULK_ACTION, job_type
from services.jobs.submit import Submission, active_key, new_row, ring


class _AskedTwice(Exception):
    """The same asking was taken in already."""


def place(order: Order, actor: str) -> Submission:
    """Promise to do this in the background; the job of the first click if this is the second one.

    What cannot be undone begins a few seconds later: canceling the job until then leaves everything as it was.

    :raise Conflict: if no job is in a state for it.
    """
    token = order.selection.token
    if placed := placed_before(token):
        return placed
    counted = preview(order.action, order.selection, order.queue)
    if not counted.fitting.number:
        raise Conflict(f"No job is in a state for it any more. {order.action.takes}", code="nothing_to_do")
    job_id = str(ULID())
    try:
        with transaction() as session:
            status = _write(session, job_id, order, actor, counted)
    except (IntegrityError, _AskedTwice):
        if placed := placed_before(token):
            return placed
        raise
    if status == states.QUEUED:
        ring(job_id, 1, 0, job_type(BULK_ACTION), job_type(BULK_ACTION).queue)
    return Submission(job_id, status, already_running=False)


def placed_before(token: str) -> Submission | None:
    """The job that an asking led to, if it was confirmed already; one that is gone since has finished."""
    entry = select(AuditEntry.job_id, Job.status).join(Job, Job.id == AuditEntry.job_id, isouter=True)
    row = db.session.execute(entry.where(*is_of(token)).limit(1)).one_or_none()
    db.session.rollback()
    return Submission(row.job_id, row.status or states.FINISHED, already_running=True) if row else None


def _write(session: Session, job_id: str, order: Order, actor: str, counted: Preview) -> str:
    """The status of the new job.

    :raise _AskedTwice, IntegrityError: if it is there already: over, or live.
    """
    row = _row(job_id, order, counted)
    session.execute(insert(Job).values(row))
    moves.record(session, job_id, 1, None, row["status"])
    details = order.as_params() | {"which": order.selection.describe()}
    audit.write(
        session,
        actor,
        order.action.name,
        TARGET_TYPE,
        order.selection.token,
        details=details,
        outcome=audit.RUNNING,
        changed=0,
        skipped=0,
        job_id=job_id,
    )
    entries = select(func.count()).select_from(AuditEntry).where(*is_of(order.selection.token))
    if session.scalar(entries) != 1:  # looked at after the insert: whoever was first has committed by now
        raise _AskedTwice
    return str(row["status"])


def _row(job_id: str, order: Order, counted: Preview) -> dict[str, Any]:
    kind = job_type(BULK_ACTION)
    params = order.as_params() | {"size": max(1, counted.fitting.number)}
    token = order.selection.token
    row = new_row(
        job_id,
        {
            "type": kind.name,
            "target_type": TARGET_TYPE,
            "target_id": token,
            "title": title_of(order, counted),
            "params": params,
            "queue": kind.queue,
            "active_key": active_key(kind.name, TARGET_TYPE, token, {}),
            "max_attempts": kind.max_attempts,
        },
    )
    if order.action.undo_seconds:
        row |= {"status": states.SCHEDULED, "dispatched_at": None, "due_at": db_now() + order.action.undo_seconds}
    return row


def title_of(order: Order, counted: Preview) -> str:
    """`Retry 1,240 jobs`."""
    one = counted.fitting.number == 1 and not counted.fitting.more
    where = f" to “{order.queue}”" if order.queue else ""
    return f"{order.action.verb} {counted.fitting} {'job' if one else 'jobs'}{where}"
