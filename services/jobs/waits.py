"""How long a job will stand in line: what is ahead of it, and how such jobs have fared in the last minutes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

import structlog
from redis.exceptions import RedisError
from sqlalchemy import func, literal_column, select, union_all
from sqlalchemy.orm import aliased

import clock
from extensions import db, redis, seekable_now
from models import Job, QueueState
from services.jobs import states
from services.jobs.eta import Remaining
from services.jobs.registry import QUEUES
from store.workers import read_workers

log = structlog.get_logger(__name__)

RECENT_SECONDS = 300.0
RECENT_JOBS = 1000  # of each kind of end, the latest
MAX_PARENTS = 100
ALIVE_SECONDS = 45.0  # since a worker's last sign of life
LANE_TURN_SECONDS = 2.0  # what a parent's lane takes when its turn comes


@dataclass(frozen=True, slots=True)
class Pace:
    """How long jobs ran that ended lately, and how far that scattered."""

    mean_seconds: float
    deviation_seconds: float
    ended: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Pace | None":
        """Of a single job nothing is known of how it scatters: as widely as it is long, say."""
        if not seconds:
            return None
        mean = fmean(seconds)
        return cls(mean, pstdev(seconds) if len(seconds) > 1 else mean, len(seconds))

    def run_of(self, jobs: int, workers: int) -> Remaining:
        """So many jobs, one after the other on each worker; the errors are of their sum and of the mean itself."""
        margin = self.deviation_seconds * jobs * math.sqrt(1 / jobs + 1 / self.ended) if jobs else 0.0
        return Remaining(jobs * self.mean_seconds / workers, margin / workers)


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """One queue in the last minutes."""

    workers: int = 0  # alive, and serving it
    paused: bool = False
    jobs: Pace | None = None
    children: Pace | None = None
    parents: int = 0  # at work, with children that wait
    children_waiting: int = 0


def wait(queue: str, ahead: Mapping[str, int], facts: Mapping[str, QueueFacts]) -> Remaining | None:
    """How long until a job of that queue begins, with so many jobs of each queue ahead; None if it cannot be known.

    What waits in queues that are served earlier comes first, children included; in its own queue each parent has one
    turn. Pure.
    """
    own = facts[queue]
    if not own.workers or own.paused:
        return None
    parts = [(own.jobs, ahead.get(queue, 0) + 1)]
    for name in QUEUES[: QUEUES.index(queue)]:
        if not facts[name].paused:
            parts += [(facts[name].jobs, ahead.get(name, 0)), (facts[name].children, facts[name].children_waiting)]
    total = Remaining(own.parents * LANE_TURN_SECONDS, own.parents * LANE_TURN_SECONDS / 2)
    for pace, count in parts:
        if count and pace is None:
            return None
        if pace is not None:
            total += pace.run_of(count, own.workers)
    return total


def look() -> dict[str, QueueFacts]:
    """The facts of each queue: three statements and two round trips to Redis, however much there is."""
    workers = _workers_alive()
    paused = set(db.session.scalars(select(QueueState.name).where(QueueState.paused)))
    ran, children_ran = _lately()
    waiting = _children_waiting()
    return {
        queue: QueueFacts(
            workers=sum(queue in served for served in workers),
            paused=queue in paused,
            jobs=Pace.of(ran[queue] or children_ran[queue]),
            children=Pace.of(children_ran[queue]),
            parents=len(waiting[queue]),
            children_waiting=sum(waiting[queue]),
        )
        for queue in QUEUES
    }


def _workers_alive() -> list[tuple[str, ...]]:
    """The queues of each worker that shows signs of life; none if Redis does not answer."""
    try:
        records = read_workers(redis.client)
    except RedisError as e:
        log.debug("workers_not_read", error=str(e))
        return []
    return [record.queues for record in records if clock.now() - record.heartbeat_at < ALIVE_SECONDS]


def _lately() -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """How many seconds each job ran that ended lately, by queue: jobs of their own, and children."""
    ends = [
        select(Job.queue, Job.parent_id, (Job.ended_at - Job.started_at).label("seconds"), Job.children_total)
        .where(Job.status == status, Job.ended_at > seekable_now() - RECENT_SECONDS)
        .order_by(Job.ended_at.desc())
        .limit(RECENT_JOBS)
        .subquery()
        for status in (states.FINISHED, states.FAILED)
    ]
    jobs: dict[str, list[float]] = {queue: [] for queue in QUEUES}
    children: dict[str, list[float]] = {queue: [] for queue in QUEUES}
    for queue, parent_id, seconds, children_total in db.session.execute(union_all(*(select(end) for end in ends))):
        if children_total is None and seconds is not None:
            (jobs if parent_id is None else children)[queue].append(seconds)
    return jobs, children


def _children_waiting() -> dict[str, list[int]]:
    """How many children of each parent at work wait, by queue; they are taken up in order, so that none is counted."""
    child = aliased(Job)
    first = (
        select(func.min(child.position))
        .where(child.parent_id == Job.id, child.status == literal_column(f"'{states.QUEUED}'"))
        .scalar_subquery()
    )
    parents = (
        select(Job.queue, Job.children_total - first)
        .where(Job.status == states.STARTED, Job.children_total.is_not(None))
        .limit(MAX_PARENTS)
    )
    waiting: dict[str, list[int]] = {queue: [] for queue in QUEUES}
    for queue, count in db.session.execute(parents):
        if count is not None:
            waiting[queue].append(count)
    return waiting
