"""The reconciler: sees to it that every promise ends, once.

Two of them are harmless, since each step is a guarded update. What to do is decided purely (`rings.decide_ring`,
`failure.after_crash`); this module looks, asks, and acts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, Select, delete, not_, select
from sqlalchemy.exc import SQLAlchemyError

import clock
from config import Settings
from errors import BackbeatError
from extensions import db, db_now, redis, seekable_now, transaction
from models import Heartbeat, Job
from services.jobs import children, endings, failure, moves, publish, states, transitions
from services.jobs.family import has_live_children
from services.jobs.grace import Grace
from services.jobs.rings import BATCH, RingKeeper
from store.bell import Bell

log = structlog.get_logger(__name__)

PRUNE_BATCH = 10
DAY_SECONDS = 86_400
PRUNE_EVERY_SECONDS, PRUNE_SECONDS = 60.0, 1.0


@dataclass(slots=True)
class Janitor:
    """Its state is only when it last tidied up, and what its ring keeper remembers; losing it costs little."""

    settings: Settings
    prunes: Sequence[Callable[[], object]] = ()  # what else is to be tidied up now and then
    _pruned_at: float = float("-inf")
    _rings: RingKeeper = field(init=False)
    _grace: Grace = field(init=False)

    def __post_init__(self) -> None:
        self._grace = Grace(self.settings.lease_seconds / 3)
        self._rings = RingKeeper(self.settings.ring_grace_seconds)

    def sweep(self) -> None:
        """One round of everything. What goes wrong in one step is logged and keeps none of the others from its turn."""
        steps: list[Callable[[], object]] = [
            self._rescue,
            self._cancel_forgotten,
            self._promote,
            self._settle_dependents,
            self._settle_parents,
            self._rings.ring_for_waiting,
            self._stop_the_deaf,
        ]
        if clock.monotonic() - self._pruned_at >= PRUNE_EVERY_SECONDS:
            self._pruned_at = clock.monotonic()
            steps += [self._prune, *self.prunes]
        for step in steps:
            try:
                step()
            except RedisError as e:
                log.warning("redis_unreachable", during=getattr(step, "__name__", ""), error=str(e))
            except SQLAlchemyError as e:  # the database is away, or a row is held: the next round tries again
                log.warning("step_failed", during=getattr(step, "__name__", ""), error=str(e))
            except Exception:  # a job type's own code, say: the janitor must outlive it
                log.exception("step_failed", during=getattr(step, "__name__", ""))
            finally:
                db.session.remove()

    def _rescue(self) -> None:
        if self._grace.is_over():
            rescue_expired(self.settings)

    def _cancel_forgotten(self) -> None:
        with transaction() as session:
            transitions.cancel_forgotten(session)

    def _promote(self) -> None:
        with transaction() as session:
            promoted = transitions.promote_due(session, limit=BATCH)
        for job_id in promoted:
            publish.publish(job_id)

    def _settle_dependents(self) -> None:
        """Jobs that wait for one that is over or gone all the same."""
        with transaction() as session:
            settled = endings.settle_forgotten(session, limit=BATCH)
        if settled:
            log.warning("dependents_settled", awaited=settled)

    def _settle_parents(self) -> None:
        """A parent whose last child ended without anybody left to say so."""
        for parent_id in self._parents():
            try:
                if not children.settle_parent(parent_id):
                    children.refresh_parent(parent_id)
            except BackbeatError as e:  # one parent that cannot be settled must not keep the others
                log.error("parent_not_settled", job_id=parent_id, error=e.message)

    def _parents(self) -> list[str]:
        waiting = select(Job.id).where(
            Job.status == states.STARTED, Job.children_total.is_not(None), Job.parent_id.is_(None)
        )
        ids = list(db.session.scalars(waiting))
        db.session.rollback()
        return ids

    def _stop_the_deaf(self) -> None:
        """Jobs that were asked to stop and do not reach a checkpoint are stopped by killing their process."""
        limit = db_now() - self.settings.hard_stop_after_seconds
        deaf = select(Job.id, Job.lease_owner).where(
            Job.status == states.STARTED, Job.cancel_requested_at < limit, Job.lease_owner.is_not(None)
        )
        rows = db.session.execute(deaf).all()
        db.session.rollback()
        for job_id, owner in rows:
            log.warning("hard_stop", job_id=job_id, worker=owner)
            Bell(redis.client).kill_horse(str(owner))

    def _prune(self) -> None:
        """Forget jobs that ended more than `JOB_RETENTION_DAYS` ago, a few at a time."""
        limit = seekable_now() - self.settings.job_retention_days * DAY_SECONDS
        old = select(Job.id).where(
            Job.status.in_(states.ENDED), Job.ended_at < limit, Job.parent_id.is_(None), not_(has_live_children())
        )
        with transaction() as session:
            session.execute(delete(Heartbeat).where(Heartbeat.at < db_now() - DAY_SECONDS))
        until = clock.monotonic() + PRUNE_SECONDS
        while _delete_first(old) == PRUNE_BATCH and clock.monotonic() < until:
            pass


def _delete_first(old: Select[str]) -> int:
    """A few at a time, since each takes its children, its history and its log along; how many there were."""
    with transaction() as session:
        ids = list(session.scalars(old.limit(PRUNE_BATCH)))
        session.execute(delete(Job).where(Job.id.in_(ids)).execution_options(synchronize_session=False))
    return len(ids)


def rescue_expired(settings: Settings, *wanted: ColumnElement[bool]) -> None:
    """Take over jobs whose lease ran out, of those `wanted`: their worker is dead, or as good as dead."""
    facts = (Job.id, Job.attempt, Job.max_attempts, Job.crash_count, Job.cancel_requested_at, Job.parent_id)
    expired = select(*facts, Job.error_code, Job.error).where(
        Job.status == states.STARTED, Job.lease_until < db_now(), *wanted
    )
    rows = db.session.execute(expired.limit(BATCH)).all()
    db.session.rollback()
    for row in rows:
        decision = failure.after_crash(
            attempt=row.attempt,
            max_attempts=row.max_attempts,
            crash_count=row.crash_count,
            base_seconds=settings.retry_base_seconds,
            how=row.error if row.error_code == failure.PROCESS_KILLED else failure.WORKER_LOST,
        )
        if _rescue_one(row.id, row.attempt, decision, cancel=row.cancel_requested_at is not None):
            log.warning("rescued", job_id=row.id, attempt=row.attempt, decision=type(decision).__name__)
            if row.parent_id is not None:
                children.refresh_parent(row.parent_id, at_once=True)


def _rescue_one(job_id: str, attempt: int, decision: failure.Decision, *, cancel: bool) -> bool:
    expired = select(Job.id).where(moves.holds(job_id, attempt), Job.lease_until < db_now())
    with transaction() as session:
        # Whose row is held is at work, or was lost within a transaction: it has its turn in a later round.
        if session.scalar(expired.with_for_update(skip_locked=True)) is None:
            return False
        if cancel:
            moved = transitions.cancel_started(session, job_id, attempt, reason="stopped the hard way")
        else:
            moved = transitions.follow(session, job_id, attempt, decision, crashed=True)
    if moved:
        publish.publish(job_id)
    return moved
