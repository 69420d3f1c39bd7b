"""How many jobs of each queue are in each state, counted as far as counting is cheap.

A page counts up to `CAP` of each by an index alone. What is more than that the janitor counts now and then, and leaves
where pages find it; without a janitor, pages say "at least". A parent that waits for its children is no work of its
own for a worker, so its children are counted and it is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import ScalarSelect, func, select

import clock
from extensions import db, redis
from models import Job
from services.jobs import states
from services.jobs.registry import QUEUES
from store.queue_counts import QueueCounts

log = structlog.get_logger(__name__)

CAP = 2000
COUNTED = (states.QUEUED, states.STARTED, states.DEFERRED, states.SCHEDULED, states.FAILED)
EXACT_EVERY_SECONDS = 10.0

Cell = tuple[str, str]  # queue, status
_CELLS: tuple[Cell, ...] = tuple((queue, status) for queue in QUEUES for status in COUNTED)


@dataclass(frozen=True, slots=True)
class Depths:
    """`capped` are those of which there are more than their count says."""

    counts: Mapping[Cell, int]
    capped: frozenset[Cell]


def read_depths() -> Depths:
    """One statement, and one look into Redis where something was too much to count."""
    counts = _count(cap=CAP)
    capped = {cell for cell, count in counts.items() if count > CAP}
    if not capped:
        return Depths(counts, frozenset())
    exact = _last_exact()
    for cell in sorted(capped):
        counts[cell] = max(exact.get(cell, 0), CAP)
    return Depths(counts, frozenset(cell for cell in capped if counts[cell] == CAP))


def _count(cap: int | None) -> dict[Cell, int]:
    return dict(zip(_CELLS, db.session.execute(_statement(cap)).one(), strict=True))


@cache  # to put it together takes longer than to run it
def _statement(cap: int | None) -> Any:
    return select(*(_number_of(*cell, cap).label(f"n{number}") for number, cell in enumerate(_CELLS)))


def _number_of(queue: str, status: str, cap: int | None) -> ScalarSelect[int]:
    """Index-only: `ix_job_counts` has all three columns."""
    wanted = select(Job.status).where(Job.status == status, Job.queue == queue, Job.children_total.is_(None))
    some = (wanted if cap is None else wanted.limit(cap + 1)).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _last_exact() -> dict[Cell, int]:
    try:
        return QueueCounts(redis.client).read()
    except RedisError as e:
        log.warning("counts_not_read", error=str(e))
        return {}


class ExactCounts:
    """The janitor's part: counts all of what pages cannot, every ten seconds while there is so much."""

    def __init__(self) -> None:
        self._counted_at = float("-inf")

    def keep(self) -> None:
        """:raise RedisError: if the counts cannot be left there."""
        if clock.monotonic() - self._counted_at < EXACT_EVERY_SECONDS:
            return
        self._counted_at = clock.monotonic()
        if any(count > CAP for count in _count(cap=CAP).values()):
            exact = _count(cap=None)
            db.session.rollback()
            QueueCounts(redis.client).write(exact)
