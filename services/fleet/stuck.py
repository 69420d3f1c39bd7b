"""Jobs that should have moved on by themselves and have not, by what keeps them; `conditions` says when that is so."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, literal, select

from extensions import db
from models import Job
from services.fleet.conditions import (
    DEAF,
    LEASE_EXPIRED,
    OVERDUE,
    SILENT,
    STANDING,
    UNCLAIMED,
    UNSETTLED,
    Condition,
    Limits,
    conditions,
)

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a job is stuck, for people; what becomes of it by itself; and what rescuing it does."""

    sentence: str
    by_itself: str
    rescue: str


_NEXT_ROUND = "in its next round, within seconds"

REASONS: Mapping[str, Reason] = {
    SILENT: Reason(
        "It runs, and nothing has been heard of it",
        "Its worker lives, so it goes on until its time limit ends it",
        "End its process; another attempt follows",
    ),
    LEASE_EXPIRED: Reason(
        "Its worker is gone, and nobody has taken it over",
        f"The janitor takes it over {_NEXT_ROUND}",
        "Take it over now",
    ),
    DEAF: Reason(
        "It was asked to stop, and does not",
        f"The janitor has its process ended {_NEXT_ROUND}",
        "End its process",
    ),
    OVERDUE: Reason(
        "Its time has come, and it still waits for it",
        f"The janitor queues it {_NEXT_ROUND}",
        "Queue it now",
    ),
    UNCLAIMED: Reason(
        "It waits too long although a worker is free",
        "The janitor rings for it again within seconds",
        "Wake a worker for it",
    ),
    STANDING: Reason(
        "Parts of it wait, and none has moved although a worker is free",
        "The janitor rings for its parts again within seconds",
        "Wake workers for it",
    ),
    UNSETTLED: Reason(
        "All its parts are over, and it is not",
        f"The janitor ends it {_NEXT_ROUND}",
        "End it now",
    ),
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
    def by_itself(self) -> str:
        return REASONS[self.reason].by_itself

    @property
    def rescue(self) -> str:
        return REASONS[self.reason].rescue


def count_stuck(free_queues: Collection[str], most: int = SHOWN) -> int:
    """How many are stuck, up to `most` for each reason: one statement."""
    counts = count_by_reason(_beside_free_workers(free_queues), most=most)
    return sum(min(count, most) for count in counts.values())


def count_by_reason(limits: Limits, *, most: int) -> Mapping[str, int]:
    """How many are stuck for each reason, of each case of it up to `most`: one statement."""
    return dict(db.session.execute(_count(limits, most)).one()._mapping)


@lru_cache(maxsize=64)  # to put it together takes longer than to run it
def _count(limits: Limits, most: int) -> Select[*tuple[Any, ...]]:
    return select(*(_sum(condition, most).label(reason) for reason, condition in conditions(limits).items()))


def _sum(condition: Condition, most: int) -> ColumnElement[int]:
    return sum((_up_to(most, where) for where in condition.cases), start=literal(0))


def _up_to(most: int, where: ColumnElement[bool]) -> ScalarSelect[int]:
    """Of no more columns than the indexes hold, so that they alone tell."""
    some = select(Job.status).where(where).limit(most).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def find_stuck(free_queues: Collection[str], limit: int = SHOWN) -> list[StuckJob]:
    """Those that are stuck, up to `limit` for each reason, the longest first: a statement for each reason."""
    found = [
        StuckJob(*row)
        for reason, condition in conditions(_beside_free_workers(free_queues)).items()
        for row in db.session.execute(_listed(reason, condition.where, condition, limit))
    ]
    return sorted(found, key=lambda job: job.since)


def why_stuck(job_id: str, free_queues: Collection[str]) -> str | None:
    """The reason for which this job is stuck now; None if it is not (any more)."""
    for reason, condition in conditions(_beside_free_workers(free_queues)).items():
        if db.session.execute(_listed(reason, and_(condition.where, Job.id == job_id), condition, 1)).one_or_none():
            return reason
    return None


def _beside_free_workers(free_queues: Collection[str]) -> Limits:
    """What waits is stuck only where a worker is free: else it is in line."""
    return Limits.now(frozenset(free_queues))


def _listed(reason: str, where: ColumnElement[bool], condition: Condition, limit: int) -> Any:
    since = condition.since
    columns = (Job.id, Job.title, Job.type, Job.queue, Job.status, literal(reason), since)
    return select(*columns).where(where).order_by(since).limit(limit)
