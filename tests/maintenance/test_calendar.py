"""When windows open and close: by table, with the time given."""

from dataclasses import dataclass, field
from datetime import datetime

import pytest

from services.maintenance import calendar


@dataclass
class Plan:
    weekdays: list[int] = field(default_factory=list)
    day: str | None = None
    start: str = "02:30"
    minutes: int = 60
    time_zone: str = "UTC"


def _at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("plan", "after", "starts"),
    [
        # Once: until it is over.
        (Plan(day="2026-11-22"), "2026-11-20T00:00Z", ["2026-11-22T02:30Z"]),
        (Plan(day="2026-11-22"), "2026-11-22T03:29:59Z", ["2026-11-22T02:30Z"]),
        (Plan(day="2026-11-22"), "2026-11-22T03:30:00Z", []),
        # Weekly: 0 is Monday; what is open comes first.
        (Plan([0, 6]), "2026-11-18T12:00Z", ["2026-11-22T02:30Z", "2026-11-23T02:30Z", "2026-11-29T02:30Z"]),
        (Plan([6]), "2026-11-22T03:00Z", ["2026-11-22T02:30Z", "2026-11-29T02:30Z", "2026-12-06T02:30Z"]),
        # Over midnight, and in a zone whose day is another.
        (Plan([5], start="23:30", minutes=120), "2026-11-22T01:00Z", ["2026-11-21T23:30Z"]),
        (Plan([6], time_zone="Pacific/Kiritimati"), "2026-11-20T00:00Z", ["2026-11-21T12:30Z"]),
        (Plan([6], time_zone="Pacific/Pago_Pago"), "2026-11-20T00:00Z", ["2026-11-22T13:30Z"]),
        # The same time of the clock in winter and in summer.
        (Plan([0], time_zone="Europe/Berlin"), "2026-03-23T00:00Z", ["2026-03-23T01:30Z", "2026-03-30T00:30Z"]),
        # 02:30 was left out in Berlin on 29 March, and came twice on 25 October.
        (Plan([6], time_zone="Europe/Berlin"), "2026-03-28T00:00Z", ["2026-03-29T01:30Z", "2026-04-05T00:30Z"]),
        (Plan([6], time_zone="Europe/Berlin"), "2026-10-24T00:00Z", ["2026-10-25T00:30Z", "2026-11-01T01:30Z"]),
        (Plan([6], time_zone="America/New_York"), "2026-03-07T00:00Z", ["2026-03-08T07:30Z", "2026-03-15T06:30Z"]),
    ],
)
def test_it_opens_at_the_time_of_the_clock_there(plan: Plan, after: str, starts: list[str]) -> None:
    found = calendar.spans(plan, _at(after), 3)
    assert [span.starts_at for span in found][: len(starts)] == [_at(start) for start in starts]
    assert len(found) >= len(starts)
    assert bool(found) == bool(starts)


def test_it_stays_open_for_real_minutes_though_the_clocks_are_set() -> None:
    plan = Plan([6], start="00:30", minutes=240, time_zone="Europe/Berlin")
    (span, *_) = calendar.spans(plan, _at("2026-10-24T12:00Z"))
    assert span.ends_at - span.starts_at == 240 * 60
    assert span.ends_at == _at("2026-10-25T02:30Z")  # 03:30 there, an hour after 03:30 would have been in summer


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        ("2026-11-22T02:29:59Z", False),
        ("2026-11-22T02:30:00Z", True),
        ("2026-11-22T03:29:59Z", True),
        ("2026-11-22T03:30:00Z", False),
    ],
)
def test_it_is_open_from_its_start_to_before_its_end(now: str, is_open: bool) -> None:
    assert (calendar.current(Plan([6]), _at(now)) is not None) == is_open


@pytest.mark.parametrize(
    ("other", "overlap"),
    [
        (Plan([6], start="03:30"), False),
        (Plan([6], start="03:29"), True),
        (Plan([6], start="01:30"), False),
        (Plan([5], start="23:00", minutes=240), True),
        (Plan([6], start="03:00", time_zone="Europe/Berlin"), True),
        (Plan(day="2026-12-06", start="03:00"), True),
        (Plan(day="2026-12-05", start="03:00"), False),
    ],
)
def test_it_knows_which_overlap(other: Plan, overlap: bool) -> None:
    assert calendar.overlaps(Plan([6]), other, _at("2026-11-20T00:00Z")) == overlap
