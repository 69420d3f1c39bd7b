"""The reconciler: sees to it that every promise ends, once.

Two of them are harmless, since each step is a guarded update. What to do is decided purely (`decide_ring`,
`failure.after_crash`); this module looks, asks, and acts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

import structlog
from redis.exceptions import RedisError
from sqlalchemy import delete, exists, not_, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased

import clock
from config import Settings
from errors import BackbeatError
from extensions import db, db_now, redis, transaction
from models import Heartbeat, Job, QueueState
from services.jobs import children, failure, moves, publish, states, transitions
from services.jobs.family import has_live_children
from services.jobs.registry import JOB_TYPES, QUEUES, job_type
from services.jobs.submit import ring
from store.bell import Bell

log = structlog.get_logger(__name__)

BATCH = 500
PRUNE_BATCH = 10
DAY_SECONDS = 86_400
PRUNE_EVERY_SECONDS = 60.0


class RingAction(Enum):
    WAIT = "wait"
    RING = "ring"


def decide_ring(
    *, rung: bool, ring_present: bool, missing_since: float | None, now: float, grace_seconds: float
) -> RingAction:
    """Whether to ring for a queued job: at once if nobody has, else only once its ring has been gone for a while.

    Gone in one look may mean that a worker has just taken the ring and not yet claimed the job.
    """
    if not rung:
        return RingAction.RING
    if ring_present or missing_since is None or now - missing_since < grace_seconds:
        return RingAction.WAIT
    return RingAction.RING


@dataclass(slots=True)
class Missing:
    """Since when each ring has not been seen, by this janitor's own count of seconds."""

    since: dict[str, float] = field(default_factory=dict)

    def look(self, waiting: Mapping[str, bool], now: float) -> None:
        """Take in one look: `waiting` says for each name whether a ring for it was there."""
        self.since = {name: self.since.get(name, now) for name, present in waiting.items() if not present}


@dataclass(slots=True)
class Janitor:
    """Its state is only what it remembers from look to look; losing it costs one `ring_grace_seconds`."""

    settings: Settings
    prunes: Sequence[Callable[[], object]] = ()  # what else is to be tidied up now and then
    missing: Missing = field(default_factory=Missing)
    _pruned_at: float = float("-inf")

    def sweep(self) -> None:
        """One round of everything. What goes wrong in one step is logged, and keeps none of the others from its turn.

        :raise SQLAlchemyError: if the database does not answer.
        """
        steps: list[Callable[[], object]] = [
            self._rescue,
            self._cancel_forgotten,
            self._promote,
            self._settle_parents,
            self._ring_for_waiting,
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
            except SQLAlchemyError:
                raise
            except Exception:  # a job type's own code, say: the janitor must outlive it
                log.exception("step_failed", during=getattr(step, "__name__", ""))
            finally:
                db.session.remove()

    def _rescue(self) -> None:
        """Jobs whose lease ran out: their worker is dead, or as good as dead."""
        expired = select(
            Job.id, Job.attempt, Job.max_attempts, Job.crash_count, Job.cancel_requested_at, Job.parent_id
        ).where(Job.status == states.STARTED, Job.lease_until < db_now())
        rows = db.session.execute(expired.limit(BATCH)).all()
        db.session.rollback()
        for row in rows:
            decision = failure.after_crash(
                attempt=row.attempt,
                max_attempts=row.max_attempts,
                crash_count=row.crash_count,
                base_seconds=self.settings.retry_base_seconds,
            )
            if self._rescue_one(row.id, row.attempt, decision, cancel=row.cancel_requested_at is not None):
                log.warning("rescued", job_id=row.id, attempt=row.attempt, decision=type(decision).__name__)
                if row.parent_id is not None:
                    children.refresh_parent(row.parent_id, at_once=True)

    def _rescue_one(self, job_id: str, attempt: int, decision: failure.Decision, *, cancel: bool) -> bool:
        with transaction() as session:
            still_expired = session.scalar(
                select(Job.id).where(moves.holds(job_id, attempt), Job.lease_until < db_now()).with_for_update()
            )
            if still_expired is None:
                return False
            if cancel:
                moved = transitions.cancel_started(session, job_id, attempt, reason="stopped the hard way")
            else:
                moved = transitions.follow(session, job_id, attempt, decision, crashed=True)
        if moved:
            publish.publish(job_id)
        return moved

    def _cancel_forgotten(self) -> None:
        with transaction() as session:
            transitions.cancel_forgotten(session)

    def _promote(self) -> None:
        with transaction() as session:
            promoted = transitions.promote_due(session, limit=BATCH)
        for job_id in promoted:
            publish.publish(job_id)

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

    def _ring_for_waiting(self) -> None:
        """Ring for every queued job, and every parent's lane, whose ring was never rung or has got lost."""
        paused = set(db.session.scalars(select(QueueState.name).where(QueueState.paused)))
        queues = [name for name in QUEUES if name not in paused]
        jobs, lanes = self._waiting_jobs(queues), self._waiting_lanes(queues)
        if not jobs and not lanes:
            self.missing.since.clear()
            return
        rings = {_without_serial(name) for name in Bell(redis.client).rings_of(QUEUES)}
        now = clock.monotonic()
        names = [job.ring for job in jobs] + [lane.ring for lane in lanes]
        present = {name: name in rings for name in names}
        self.missing.look(present, now)
        for job in jobs:
            if self._is_due(job.ring, rung=job.rung, present=present[job.ring], now=now):
                self._ring_again(job)
        for lane in lanes:
            # A lane that is there will come to the new child by itself.
            if self._is_due(lane.ring, rung=lane.rung or present[lane.ring], present=present[lane.ring], now=now):
                self._ring_lane_again(lane)

    def _is_due(self, name: str, *, rung: bool, present: bool, now: float) -> bool:
        action = decide_ring(
            rung=rung,
            ring_present=present,
            missing_since=self.missing.since.get(name),
            now=now,
            grace_seconds=self.settings.ring_grace_seconds,
        )
        return action is RingAction.RING

    def _waiting_jobs(self, queues: Iterable[str]) -> list["WaitingJob"]:
        """Queued jobs that no live parent looks after: those never rung for first, however many others there are."""
        parent = aliased(Job)
        looked_after = exists().where(parent.id == Job.parent_id, parent.status.in_(states.LIVE))
        waiting = (
            select(Job.id, Job.attempt, Job.dispatch_no, Job.dispatched_at, Job.type, Job.queue)
            .where(
                Job.status == states.QUEUED,
                Job.queue.in_(list(queues)),
                Job.type.in_(list(JOB_TYPES)),
                or_(Job.parent_id.is_(None), not_(looked_after)),
            )
            .order_by(Job.due_at)
            .limit(BATCH)
        )
        rows = [
            *db.session.execute(waiting.where(Job.dispatched_at.is_(None))),
            *db.session.execute(waiting.where(Job.dispatched_at.is_not(None))),
        ]
        db.session.rollback()
        return [WaitingJob(*row) for row in rows]

    def _waiting_lanes(self, queues: Iterable[str]) -> list["WaitingLane"]:
        child = aliased(Job)
        queued = exists().where(child.parent_id == Job.id, child.status == states.QUEUED)
        unrung = queued.where(child.dispatched_at.is_(None))
        rows = db.session.execute(
            select(Job.id, Job.queue, Job.children_total, unrung.label("unrung")).where(
                Job.status == states.STARTED,
                Job.children_total.is_not(None),
                Job.queue.in_(list(queues)),
                queued,
            )
        ).all()
        db.session.rollback()
        bell = Bell(redis.client)
        return [
            WaitingLane(row.id, row.queue, lane, rung=not row.unrung)
            for row in rows
            for lane in range(children.lane_count(bell, row.children_total))
        ]

    def _ring_lane_again(self, lane: "WaitingLane") -> None:
        with transaction() as session:
            session.execute(
                update(Job)
                .where(Job.parent_id == lane.parent_id, Job.status == states.QUEUED, Job.dispatched_at.is_(None))
                .values(dispatched_at=db_now())
                .execution_options(synchronize_session=False)
            )
        children.ring_lane(Bell(redis.client), lane.parent_id, lane.queue, lane.lane)
        self.missing.since.pop(lane.ring, None)

    def _ring_again(self, job: "WaitingJob") -> None:
        with transaction() as session:
            ours = session.execute(
                update(Job)
                .where(
                    Job.id == job.id,
                    Job.attempt == job.attempt,
                    Job.status == states.QUEUED,
                    Job.dispatch_no == job.dispatch_no,
                )
                .values(dispatch_no=Job.dispatch_no + 1, dispatched_at=db_now())
                .returning(Job.dispatch_no)
                .execution_options(synchronize_session=False)
            ).one_or_none()
        if ours is not None:
            self.missing.since.pop(job.ring, None)
            ring(job.id, job.attempt, ours.dispatch_no, job_type(job.type), job.queue)

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
        limit = db_now() - self.settings.job_retention_days * DAY_SECONDS
        old = select(Job.id).where(
            Job.status.in_(states.ENDED), Job.ended_at < limit, Job.parent_id.is_(None), not_(has_live_children())
        )
        with transaction() as session:
            session.execute(delete(Heartbeat).where(Heartbeat.at < db_now() - DAY_SECONDS))
            ids = list(session.scalars(old.limit(PRUNE_BATCH)))
            session.execute(delete(Job).where(Job.id.in_(ids)).execution_options(synchronize_session=False))


@dataclass(frozen=True, slots=True)
class WaitingJob:
    id: str
    attempt: int
    dispatch_no: int
    dispatched_at: float | None
    type: str
    queue: str

    @property
    def ring(self) -> str:
        return f"{self.id}-{self.attempt}"

    @property
    def rung(self) -> bool:
        return self.dispatched_at is not None


@dataclass(frozen=True, slots=True)
class WaitingLane:
    parent_id: str
    queue: str
    lane: int
    rung: bool  # false if some child has become due since the lanes were last rung

    @property
    def ring(self) -> str:
        return Bell.lane_name(self.parent_id, self.lane)


def _without_serial(ring_name: str) -> str:
    """`<job>-<attempt>-<dispatch>` and `<parent>-lane<n>-<serial>` without their last part."""
    return ring_name.rpartition("-")[0]
