"""When a window opens and closes, in the time of its zone. Pure.

It opens at a time of the clock there, whatever the clocks were set to, and stays open for that many real minutes.
Where clocks are set forward past that time it opens an hour later by the clock; where it comes twice, the first time
(PEP 495).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

MAX_MINUTES = 1440
DAYS_AHEAD = 9  # a weekly one comes within a week, whatever the zone


class Plan(Protocol):
    """What a window's row says; `weekdays` begin with 0 for Monday, and are empty for one that comes once, on `day`."""

    weekdays: list[int]
    day: str | None
    start: str
    minutes: int
    time_zone: str


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From an instant to another, in seconds since the epoch."""

    starts_at: float
    ends_at: float

    def covers(self, instant: float) -> bool:
        return self.starts_at <= instant < self.ends_at


def spans(plan: Plan, after: float, number: int = 3) -> list[Span]:
    """The first so many that end after that instant: the one that is open then comes first."""
    found = [span for span in _candidates(plan, after, number) if span.ends_at > after]
    return sorted(found)[:number]


def current(plan: Plan, now: float) -> Span | None:
    """The one that is open now."""
    return next((span for span in spans(plan, now, 1) if span.covers(now)), None)


def _candidates(plan: Plan, after: float, number: int) -> Iterator[Span]:
    zone = ZoneInfo(plan.time_zone)
    if plan.day is not None:
        yield _span(plan, date.fromisoformat(plan.day), zone)
        return
    first = datetime.fromtimestamp(after, zone).date() - timedelta(days=2)
    for ahead in range(DAYS_AHEAD + 7 * number):
        day = first + timedelta(days=ahead)
        if day.weekday() in plan.weekdays:
            yield _span(plan, day, zone)


def _span(plan: Plan, day: date, zone: ZoneInfo) -> Span:
    starts_at = datetime.combine(day, time.fromisoformat(plan.start), zone).astimezone(UTC).timestamp()
    return Span(starts_at, starts_at + plan.minutes * 60)


def overlaps(one: Plan, other: Plan, after: float, number: int = 20) -> bool:
    """Whether any of the next so many of each are open at the same time."""
    theirs: Sequence[Span] = spans(other, after, number)
    return any(
        span.starts_at < their.ends_at and their.starts_at < span.ends_at
        for span in spans(one, after, number)
        for their in theirs
    )
