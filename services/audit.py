"""The audit log: who did what, to how many, with what result."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, delete, insert, select, update
from sqlalchemy.orm import Session

from extensions import db_now, transaction
from models import AuditEntry, Job
from services.jobs import states

RETENTION_DAYS = 400
DAY_SECONDS = 86_400
PRUNE_BATCH = 1000

RUNNING, DONE, REFUSED, FAILED, CANCELED = "running", "done", "refused", "failed", "canceled"
ACTOR_MAX_CHARS = 120


def record(
    actor: str,
    action: str,
    target_type: str,
    target_id: str = "",
    *,
    details: Mapping[str, Any] | None = None,
    outcome: str = DONE,
    message: str = "",
    matched: int | None = None,
    changed: int | None = None,
    skipped: int | None = None,
    job_id: str | None = None,
) -> int:
    """Write down what somebody did, in a transaction of its own; the entry's id.

    `target_type` is one of `audit_log.TARGET_TYPES`.
    """
    with transaction() as session:
        return write(
            session,
            actor,
            action,
            target_type,
            target_id,
            details=details,
            outcome=outcome,
            message=message,
            matched=matched,
            changed=changed,
            skipped=skipped,
            job_id=job_id,
        )


def write(session: Session, actor: str, action: str, target_type: str, target_id: str = "", **facts: Any) -> int:
    """The same inside the caller's transaction, so that deed and entry are one."""
    outcome = facts.setdefault("outcome", DONE)
    facts["details"] = dict(facts.get("details") or {})
    facts["message"] = facts.get("message", "")[:500]
    entry = insert(AuditEntry).values(
        at=db_now(),
        ended_at=None if outcome == RUNNING else db_now(),
        actor=actor[:ACTOR_MAX_CHARS],
        action=action,
        target_type=target_type,
        target_id=target_id[:120],
        **facts,
    )
    return int(session.execute(entry.returning(AuditEntry.id)).scalar_one())


def finish(session: Session, entry_id: int, outcome: str, *, message: str = "", **counts: int) -> None:
    """Say how something that ran in the background came out; `counts` are of matched, changed, skipped."""
    ended = {"outcome": outcome, "message": message[:500], "ended_at": db_now(), **counts}
    session.execute(update(AuditEntry).where(AuditEntry.id == entry_id, AuditEntry.outcome == RUNNING).values(**ended))


def settle_abandoned() -> int:
    """Say of what ran in the background how it came out, where its job ended without doing so; how many there were.

    Such a job was canceled before it began, was stopped the hard way, failed for good, or was deleted.
    """
    how = select(Job.status).where(Job.id == AuditEntry.job_id).scalar_subquery()
    alive = select(Job.id).where(Job.id == AuditEntry.job_id, Job.status.in_(states.LIVE)).exists()
    canceled = how == states.CANCELED
    with transaction() as session:
        statement = update(AuditEntry).where(AuditEntry.outcome == RUNNING, AuditEntry.job_id.is_not(None), ~alive)
        statement = statement.values(
            outcome=case((canceled, CANCELED), else_=FAILED),
            message=case((canceled, "Its job was canceled."), else_="Its job ended before it was through."),
            ended_at=db_now(),
        )
        settled = session.scalars(statement.returning(AuditEntry.id).execution_options(synchronize_session=False)).all()
    return len(settled)


def prune(*, keep_days: float = RETENTION_DAYS) -> int:
    """Forget what is older than that, some of it at a time; how many entries went."""
    old = select(AuditEntry.id).where(AuditEntry.at < db_now() - keep_days * DAY_SECONDS).order_by(AuditEntry.id)
    with transaction() as session:
        statement = delete(AuditEntry).where(AuditEntry.id.in_(old.limit(PRUNE_BATCH).scalar_subquery()))
        gone = session.scalars(statement.returning(AuditEntry.id).execution_options(synchronize_session=False)).all()
    return len(gone)
