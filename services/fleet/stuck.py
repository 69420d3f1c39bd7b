"""Jobs that should have moved on by themselves and have not, by what keeps them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, literal, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from extensions import current_settings, db, seekable_now
from models import Job, QueueState
from services.fleet.lines import in_line
from services.jobs import states
from services.jobs.family import has_live_children

SILENT_SECONDS = 40.0
# What the janitor does within seconds is late after this.
JANITOR_SECONDS = 15.0
SHOWN = 50

Since: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]

SILENT, LEASE_EXPIRED, DEAF, OVERDUE = "silent", "lease_expired", "cancel_ignored", "overdue"
UNCLAIMED, STANDING, UNSETTLED = "unclaimed", "children_stand_still", "unsettled"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a job is stuck, for people, and what rescuing it does."""

    sentence: str
    rescue: str


REASONS: Mapping[str, Reason] = {
    SILENT: Reason("It runs, and nothing has been heard of it", "End its process; another attempt follows"),
    LEASE_EXPIRED: Reason("Its worker is gone, and nobody has taken it over", "Take it over now"),
    DEAF: Reason("It was asked to stop, and does not", "End its process"),
    OVERDUE: Reason("Its time has come, and it still waits for it", "Queue it now"),
    UNCLAIMED: Reason("It waits too long although a worker is free", "Wake a worker for it"),
    STANDING: Reason("Parts of it wait, and none has moved although a worker is free", "Wake workers for it"),
    UNSETTLED: Reason("All its parts are over, and it is not", "End it now"),
}


@dataclass(frozen=True, slots=True)
class StuckJob:
    """`since` is the instant since when it has not moved as it should."""

    job_id: str
    title: str
    type: str
    queue: str
    status: str
    reason: str
    since: float

    @property
    def sentence(self) -> str:
        return REASONS[self.reason].sentence

    @property
    def rescue(self) -> str:
        return REASONS[self.reason].rescue


class Limits(NamedTuple):
    """What decides whether a job is stuck, besides its row; `free_queues` have a worker without work."""

    free_queues: frozenset[str]
    deaf_seconds: float
    wait_seconds: tuple[tuple[str, float], ...]  # by queue

    @classmethod
    def now(cls, free_queues: Collection[str]) -> "Limits":
        settings = current_settings()
        deaf_seconds = settings.hard_stop_after_seconds + JANITOR_SECONDS
        return cls(frozenset(free_queues), deaf_seconds, tuple(settings.queue_wait_limit_seconds.items()))


def count_stuck(free_queues: Collection[str]) -> int:
    """How many are stuck, up to `SHOWN` for each reason: one statement."""
    return int(sum(db.session.execute(_count(Limits.now(free_queues))).one()))


@lru_cache(maxsize=64)  # to put it together takes longer than to run it
def _count(limits: Limits) -> Select[Any]:
    some = [
        select(func.count()).select_from(select(Job.id).where(where).limit(SHOWN).subquery()).scalar_subquery()
        for where, _ in _conditions(limits).values()
    ]
    return select(*some)


def find_stuck(free_queues: Collection[str]) -> list[StuckJob]:
    """Those that are stuck, up to `SHOWN` for each reason, the longest first: a statement for each reason."""
    found = [
        StuckJob(*row)
        for reason, (where, since) in _conditions(Limits.now(free_queues)).items()
        for row in db.session.execute(_listed(reason, where, since))
    ]
    return sorted(found, key=lambda job: job.since)


def why_stuck(job_id: str, free_queues: Collection[str]) -> str | None:
    """The reason for which this job is stuck now; None if it is not (any more)."""
    for reason, (where, since) in _conditions(Limits.now(free_queues)).items():
        if db.session.execute(_listed(reason, and_(where, Job.id == job_id), since)).one_or_none():
            return reason
    return None


def _listed(reason: str, where: ColumnElement[bool], since: Since) -> Any:
    columns = (Job.id, Job.title, Job.type, Job.queue, Job.status, literal(reason), since)
    return select(*columns).where(where).order_by(since).limit(SHOWN)


@lru_cache(maxsize=64)
def _conditions(limits: Limits) -> Mapping[str, tuple[ColumnElement[bool], Since]]:
    """Which jobs are stuck, and since when. Each seeks an index: through the few that run, or to what is late."""
    runs = and_(Job.status == states.STARTED, Job.children_total.is_(None))
    parent = and_(Job.status == states.STARTED, Job.children_total.is_not(None))
    return {
        SILENT: (
            and_(
                runs,
                Job.lease_until >= seekable_now(),
                Job.cancel_requested_at.is_(None),
                Job.updated_at < seekable_now() - SILENT_SECONDS,
            ),
            Job.updated_at,
        ),
        LEASE_EXPIRED: (and_(runs, Job.lease_until < seekable_now() - JANITOR_SECONDS), Job.lease_until),
        DEAF: (
            and_(
                runs, Job.lease_until >= seekable_now(), Job.cancel_requested_at < seekable_now() - limits.deaf_seconds
            ),
            Job.cancel_requested_at,
        ),
        OVERDUE: (and_(Job.status == states.SCHEDULED, Job.due_at < seekable_now() - JANITOR_SECONDS), Job.due_at),
        UNCLAIMED: (_unclaimed(limits), Job.due_at),
        STANDING: (and_(parent, _stands_still(limits)), _last_move()),
        UNSETTLED: (
            and_(parent, not_(has_live_children()), Job.updated_at < seekable_now() - JANITOR_SECONDS),
            Job.updated_at,
        ),
    }


def _unclaimed(limits: Limits) -> ColumnElement[bool]:
    late = [
        and_(in_line(queue), Job.due_at < seekable_now() - seconds, not_(_paused(queue)))
        for queue, seconds in limits.wait_seconds
        if queue in limits.free_queues
    ]
    return or_(false(), *late)


def _stands_still(limits: Limits) -> ColumnElement[bool]:
    child = aliased(Job)
    waiting = exists().where(child.parent_id == Job.id, child.status == states.QUEUED)
    paused = exists().where(QueueState.name == Job.queue, QueueState.paused)
    limit = case(dict(limits.wait_seconds), value=Job.queue)
    return and_(Job.queue.in_(sorted(limits.free_queues)), waiting, _last_move() < seekable_now() - limit, not_(paused))


def _last_move() -> ColumnElement[Any]:
    """When a child of the job last moved: the end of `ix_job_parent_updated`."""
    child = aliased(Job)
    return select(func.max(child.updated_at)).where(child.parent_id == Job.id).correlate(Job).scalar_subquery()


def _paused(queue: str) -> ColumnElement[bool]:
    return exists().where(QueueState.name == queue, QueueState.paused)
