"""Counts what is written down for good, once each, by reading on from where the last count ended.

The janitor does it between its rounds. Neither those who write pay for it, nor those who scrape; and what is deleted
later stays counted.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from extensions import db, redis
from store.counters import Counters, Series

BATCH = 1000
MAX_BATCHES = 20  # a call ends some time; the next goes on
# On PostgreSQL a row may be committed after one that was written later: those are not read before they are this old.
SETTLE_SECONDS = 5.0


class Noted(Protocol):
    """A row that is never changed, with the id by which it is read and how old it is."""

    id: int
    age_seconds: float


Row = TypeVar("Row", bound=Noted)


@dataclass(frozen=True, slots=True)
class History(Generic[Row]):
    """Rows of which each counts once: `query` reads them as `Row`s, `tally` is pure and says what they add."""

    cursor: str
    row_id: InstrumentedAttribute[int]
    query: Select[*tuple[Any, ...]]
    tally: Callable[[Iterable[Row]], dict[Series, float]]


def count_on(history: History[Row], *, settle_seconds: float = SETTLE_SECONDS) -> int:
    """Take what was written since the last call into the counters; how many rows that were.

    :raise RedisError: if the counters cannot be reached; what was missed is counted when they can.
    """
    counters = Counters(redis.client)
    counted = 0
    try:
        stands = _start(history, counters)
        for _ in range(MAX_BATCHES):
            rows = _settled(history, stands, settle_seconds)
            if not rows or not counters.add_once(
                history.tally(rows), cursor=history.cursor, stands=stands, moves_to=rows[-1].id
            ):  # somebody else counts: one is enough
                break
            stands = rows[-1].id
            counted += len(rows)
    finally:
        db.session.rollback()
    return counted


def _start(history: History[Row], counters: Counters) -> int:
    """Where to read on: what happened before the first count is history, and not growth.

    Once the latest rows have been deleted SQLite gives their ids to new ones, so the cursor must not be ahead.
    """
    stands = counters.cursor(history.cursor)
    newest = db.session.scalar(select(func.max(history.row_id))) or 0
    if stands is None or stands > newest:
        counters.add_once({}, cursor=history.cursor, stands=stands, moves_to=newest)
        return newest
    return stands


def _settled(history: History[Row], after: int, settle_seconds: float) -> Sequence[Row]:
    query = history.query.where(history.row_id > after).order_by(history.row_id).limit(BATCH)
    rows: Any = db.session.execute(query)
    return list(takewhile(lambda row: row.age_seconds >= settle_seconds, rows))


def sum_of(amounts: Iterable[dict[Series, float]]) -> dict[Series, float]:
    """All of them together. Pure."""
    total: dict[Series, float] = {}
    for each in amounts:
        for series, amount in each.items():
            total[series] = total.get(series, 0.0) + amount
    return total
