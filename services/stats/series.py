"""The past as a row of points, for charts: counts and percentiles of each stretch of an hour, a day or thirty days.

What has been counted comes from the history; the minute or two since then are looked at as they stand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select

from errors import InvalidInput
from extensions import db
from models import JobStat
from services.jobs.registry import QUEUES
from services.stats.histogram import percentiles
from services.stats.recent import reach_of_history
from services.stats.stretches import (
    DAY_SECONDS,
    HOUR_SECONDS,
    MINUTE_SECONDS,
    QUARTER_SECONDS,
    floor_to,
)
from services.stats.tally import STAT_COLUMNS, Tally, count_jobs, types_of_parents

# How far back jobs themselves are looked at. If the janitor has been down for longer, what is between is not known yet.
MAX_TAIL_SECONDS = 300
SHARES = (0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time up to now, and how it is divided: a point each `step_seconds`, read at `resolution_seconds`."""

    name: str
    label: str
    seconds: int
    step_seconds: int
    step_label: str
    resolution_seconds: int


WINDOWS = {
    window.name: window
    for window in (
        Window("hour", "Hour", HOUR_SECONDS, MINUTE_SECONDS, "minute", MINUTE_SECONDS),
        Window("day", "Day", DAY_SECONDS, QUARTER_SECONDS, "15 minutes", QUARTER_SECONDS),
        Window("month", "30 days", 30 * DAY_SECONDS, 6 * HOUR_SECONDS, "6 hours", HOUR_SECONDS),
    )
}


@dataclass(frozen=True, slots=True)
class Point:
    """One stretch. `tally` is None where the past is not known; `is_over` is false of the one that is running."""

    at: int
    is_over: bool
    tally: Tally | None

    def count(self, name: str) -> int | None:
        return None if self.tally is None else int(getattr(self.tally, name))

    def percentiles(self, name: str) -> list[float | None]:
        """The median and the 95th percentile, in seconds, of `wait_seconds` or `run_seconds`."""
        return [None, None] if self.tally is None else percentiles(getattr(self.tally, name), SHARES)


@dataclass(frozen=True, slots=True)
class Series:
    """The points of a window, oldest first, and all of them as one."""

    window: Window
    points: list[Point]
    total: Tally

    @property
    def is_empty(self) -> bool:
        total = self.total
        return not (total.created or total.finished or total.failed or total.canceled)


def read_series(window_name: str, *, queue: str = "", type_name: str = "", now: float | None = None) -> Series:
    """The window's points for one queue and job type, or for all.

    Two statements for the history, and two for each minute that is not counted yet: there are three of them at most
    while the janitor lives, and six when it does not.

    How long parents ran is told only if their type is asked for.

    :raise InvalidInput: naming what there is not.
    """
    window = _window(window_name, queue)
    reach = reach_of_history()
    now = reach.now if now is None else now
    last = floor_to(now, window.step_seconds)
    start = last + window.step_seconds - window.seconds
    tail = max(start, reach.until, int(now) - MAX_TAIL_SECONDS)
    tallies = {at: Tally() for at in range(start, last + 1, window.step_seconds)}

    hidden = frozenset() if type_name else types_of_parents()
    for bucket, of_queue, of_type, *figures in [*_history(window, start, reach.until), *_newest(tail, now)]:
        if queue in ("", of_queue) and type_name in ("", of_type):
            if of_type in hidden:
                figures[-1] = {}
            tallies[max(start, floor_to(bucket, window.step_seconds))].add(*figures)
    unknown = Unknown(before=reach.since or tail, since=reach.until, until=tail)
    return _series(window, tallies, unknown, now)


def _window(name: str, queue: str) -> Window:
    for field, value, allowed in (("range", name, WINDOWS), ("queue", queue, ("", *QUEUES))):
        if value not in allowed:
            words = ", ".join(word for word in allowed if word)
            raise InvalidInput(f"{value!r} is not a {field}; there are {words}.", details={field: f"one of {words}"})
    return WINDOWS[name]


def _history(window: Window, start: int, done: int) -> Iterable[Any]:
    """What is counted: in buckets of the window's resolution as far as they are over, then in minutes."""
    over = floor_to(done, window.resolution_seconds)
    coarse = and_(
        JobStat.bucket_at >= start, JobStat.bucket_at < over, JobStat.resolution_seconds == window.resolution_seconds
    )
    fine = and_(
        JobStat.bucket_at >= max(start, over),
        JobStat.bucket_at < done,
        JobStat.resolution_seconds == MINUTE_SECONDS,
    )
    columns = (JobStat.bucket_at, JobStat.queue, JobStat.type, *STAT_COLUMNS)
    return db.session.execute(select(*columns).where(or_(coarse, fine))).all()


def _newest(tail: int, now: float) -> Iterable[Any]:
    """The same of what is not counted yet, by the minute."""
    for minute in range(floor_to(tail, MINUTE_SECONDS), int(now) + 1, MINUTE_SECONDS):
        for kind, tally in count_jobs(max(tail, minute), minute + MINUTE_SECONDS).items():
            yield minute, kind.queue, kind.type, *tally.row().values()


@dataclass(frozen=True, slots=True)
class Unknown:
    """What nobody knows: all before the history began, and from `since` until `until`, which is not counted yet."""

    before: int
    since: int
    until: int

    def __contains__(self, stretch: tuple[int, int]) -> bool:
        start, end = stretch
        return end <= self.before or max(start, self.since) < min(end, self.until)


def _series(window: Window, tallies: dict[int, Tally], unknown: Unknown, now: float) -> Series:
    total = Tally()
    points = []
    for at, tally in tallies.items():
        total.add(*tally.row().values())
        end = at + window.step_seconds
        points.append(Point(at, end <= now, None if (at, end) in unknown else tally))
    return Series(window, points, total)
