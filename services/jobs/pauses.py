"""Holding queues back, and letting go of them: what waits goes on waiting, what runs goes on running."""

from collections.abc import Sequence

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import clock
from errors import InvalidInput
from extensions import db_now, transaction
from models import Job, QueueState
from services import audit
from services.jobs import states
from services.jobs.registry import QUEUES, SYSTEM

log = structlog.get_logger(__name__)

# What operators have asked for themselves is never held back: it is how they get out of trouble.
PAUSABLE = tuple(queue for queue in QUEUES if queue != SYSTEM)
REASON_MAX_CHARS = 200
CLOCK = "the clock"
# So many jobs are rung for anew at once when a queue is let go; the janitor comes to the rest by itself.
RUNG_ANEW = 5000


def pause(
    queues: Sequence[str],
    *,
    by: str,
    reason: str = "",
    until: float | None = None,
    for_seconds: float | None = None,
) -> None:
    """Stop the taking up of jobs from these queues, until somebody resumes them, until an instant, or for a while.

    A queue that is paused already keeps the instant since when.

    :raise InvalidInput: if there is no such queue, it cannot be paused, or the end has passed.
    """
    _check(queues)
    with transaction() as session:
        now = session.scalar(select(db_now())) or 0.0
        end = now + for_seconds if for_seconds is not None else until
        if end is not None and end <= now:
            raise InvalidInput("A pause must end in the future.", details={"until": "an instant that is yet to come"})
        for queue in queues:
            hold(session, queue, by=by, reason=reason, until=end, now=now)


def hold(session: Session, queue: str, *, by: str, reason: str, until: float | None, now: float) -> None:
    """Pause one queue within the caller's transaction, with an entry in the audit log."""
    state = session.get(QueueState, queue, populate_existing=True, with_for_update=True)
    since = state.changed_at if state is not None and state.paused else now
    kept = {"reason": reason[:REASON_MAX_CHARS], "changed_by": by[:120], "changed_at": since, "until": until}
    session.merge(QueueState(name=queue, paused=True, **kept))
    audit.write(session, by, "pause", "queue", queue, details={"reason": reason, "until": clock.iso(until)})


def resume(queues: Sequence[str], *, by: str) -> list[str]:
    """Let go of these queues; the names of those that were paused.

    :raise InvalidInput: if there is no such queue, or it cannot be paused in the first place.
    """
    _check(queues)
    return [queue for queue in queues if _let_go(queue, by, only_if_over=False)]


def resume_due() -> list[str]:
    """Let go of the queues whose pause is over: the janitor's part. Two of them let go of each once."""
    with transaction() as session:
        over = session.scalars(select(QueueState.name).where(QueueState.paused, QueueState.until <= db_now())).all()
    return [queue for queue in over if _let_go(queue, CLOCK, only_if_over=True)]


def _let_go(queue: str, by: str, *, only_if_over: bool) -> bool:
    guard = [QueueState.name == queue, QueueState.paused]
    if only_if_over:
        guard.append(QueueState.until <= db_now())
    with transaction() as session:
        freed = session.execute(
            update(QueueState)
            .where(*guard)
            .values(paused=False, reason="", changed_by=by[:120], changed_at=db_now(), until=None)
            .returning(QueueState.name)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if freed is None:
            return False
        _ring_anew(session, queue)
        audit.write(session, by, "resume", "queue", queue)
    log.info("queue_resumed", queue=queue, by=by)
    return True


def _ring_anew(session: Session, queue: str) -> None:
    """Rings that came during the pause were in vain: the janitor is to ring again for what waits, the oldest first."""
    waiting = (
        select(Job.id)
        .where(Job.status == states.QUEUED, Job.queue == queue, Job.dispatched_at.is_not(None))
        .order_by(Job.due_at)
        .limit(RUNG_ANEW)
    )
    session.execute(
        update(Job)
        .where(Job.id.in_(waiting.scalar_subquery()), Job.status == states.QUEUED)
        .values(dispatched_at=None)
        .execution_options(synchronize_session=False)
    )


def _check(queues: Sequence[str]) -> None:
    for queue in queues:
        if queue not in QUEUES:
            raise InvalidInput(
                f"There is no queue {queue!r}.", code="no_such_queue", details={"queue": f"one of {', '.join(QUEUES)}"}
            )
        if queue not in PAUSABLE:
            raise InvalidInput(
                f"The queue “{queue}” cannot be paused: what operators have asked for runs there.",
                code="not_pausable",
                details={"queue": f"one of {', '.join(PAUSABLE)}"},
            )
