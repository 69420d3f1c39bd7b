"""Rings that were never rung or got lost: finding the jobs and lanes that wait for one, and ringing again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from sqlalchemy import exists, not_, or_, select, update
from sqlalchemy.orm import aliased

import clock
import crashpoints
from extensions import db, db_now, redis, transaction
from models import Job, QueueState
from services.jobs import children, states
from services.jobs.registry import JOB_TYPES, QUEUES, job_type
from services.jobs.submit import ring
from store.bell import Bell

BATCH = 500


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


WAITING_COLUMNS = (Job.id, Job.attempt, Job.dispatch_no, Job.dispatched_at, Job.type, Job.queue)


@dataclass(frozen=True, slots=True)
class WaitingLane:
    parent_id: str
    queue: str
    lane: int
    rung: bool  # false if some child has become due since the lanes were last rung

    @property
    def ring(self) -> str:
        return Bell.lane_name(self.parent_id, self.lane)


@dataclass(slots=True)
class RingKeeper:
    """Rings for whatever has no ring. It remembers what it missed from look to look; losing that costs one grace."""

    grace_seconds: float
    missing: Missing = field(default_factory=Missing)

    def ring_for_waiting(self) -> None:
        """Ring for every queued job, and every parent's lane, whose ring was never rung or has got lost."""
        queues = _open_queues()
        jobs, lanes = waiting_jobs(queues), waiting_lanes(queues)
        if not jobs and not lanes:
            self.missing.since.clear()
            return
        rings = {_without_serial(name) for name in Bell(redis.client).rings_of(QUEUES)}
        now = clock.monotonic()
        names = [job.ring for job in jobs] + [lane.ring for lane in lanes]
        present = {name: name in rings for name in names}
        self.missing.look(present, now)
        for job in jobs:
            if self._is_due(job.ring, rung=job.rung, present=present[job.ring], now=now) and ring_again(job):
                self.missing.since.pop(job.ring, None)
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
            grace_seconds=self.grace_seconds,
        )
        return action is RingAction.RING

    def _ring_lane_again(self, lane: WaitingLane) -> None:
        with transaction() as session:
            session.execute(
                update(Job)
                .where(Job.parent_id == lane.parent_id, Job.status == states.QUEUED, Job.dispatched_at.is_(None))
                .values(dispatched_at=db_now())
                .execution_options(synchronize_session=False)
            )
        children.ring_lane(Bell(redis.client), lane.parent_id, lane.queue, lane.lane)
        self.missing.since.pop(lane.ring, None)


def ring_again(job: WaitingJob) -> bool:
    """Ring for a job anew, under another name; false if it has moved meanwhile."""
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
        crashpoints.reached("C7")
        ring(job.id, job.attempt, ours.dispatch_no, job_type(job.type), job.queue)
        crashpoints.reached("C8")
    return ours is not None


def _open_queues() -> list[str]:
    paused = set(db.session.scalars(select(QueueState.name).where(QueueState.paused)))
    return [name for name in QUEUES if name not in paused]


def waiting_jobs(queues: Iterable[str]) -> list[WaitingJob]:
    """Queued jobs that no live parent looks after: those never rung for first, however many others there are."""
    parent = aliased(Job)
    looked_after = exists().where(parent.id == Job.parent_id, parent.status.in_(states.LIVE))
    waiting = (
        select(*WAITING_COLUMNS)
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


def waiting_lanes(queues: Iterable[str]) -> list[WaitingLane]:
    """Each lane of each parent that has a child waiting, so far as this release knows them."""
    child = aliased(Job)
    known = list(JOB_TYPES)
    queued = exists().where(child.parent_id == Job.id, child.status == states.QUEUED, child.type.in_(known))
    unrung = queued.where(child.dispatched_at.is_(None))
    rows = db.session.execute(
        select(Job.id, Job.queue, Job.children_total, unrung.label("unrung")).where(
            Job.status == states.STARTED,
            Job.children_total.is_not(None),
            Job.queue.in_(list(queues)),
            Job.type.in_(known),
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


def _without_serial(ring_name: str) -> str:
    """`<job>-<attempt>-<dispatch>` and `<parent>-lane<n>-<serial>` without their last part."""
    return ring_name.rpartition("-")[0]
