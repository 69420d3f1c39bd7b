"""Which renders are stuck, why, and what is told of how renders fare."""

from typing import Any

import pytest
from flask import Flask
from ulid import ULID

import clock
from extensions import transaction
from models import RenderCycle, User
from services.renders import stuck
from services.renders.figures import Window, figures, percentile
from services.renders.stuck import StuckRender, count_stuck, stuck_renders
from tests.past import statements
from tests.renders.rows import a_render_of

HOUR = 3600.0


def _begun(owner: User, hours_ago: float, **more: Any) -> str:
    return a_render_of(owner.id, asked_at=clock.now() - hours_ago * HOUR, check_at=clock.now() + 60, **more)


def _whys() -> dict[str, str]:
    return {each.render_id: each.why for each in stuck_renders(50)}


def test_it_says_why(owner: User) -> None:
    now = clock.now()
    told = {
        _begun(owner, 1): stuck.NOT_LOOKED_FOR,
        _begun(owner, 1, checks=3): stuck.NO_NEWS,
        _begun(owner, 1, checks=3, check_errors=1): stuck.NO_ANSWER.format(times="once"),
        _begun(owner, 1, checks=3, check_errors=2): stuck.NO_ANSWER.format(times="2 times"),
        _begun(owner, 1, checks=3, told_done_at=now): stuck.NO_OUTPUT,
        _begun(owner, 1, external_job_id=None): stuck.NOT_TAKEN,
        _begun(owner, 25, status="expired"): stuck.GIVEN_UP,
    }
    assert _whys() == told
    assert count_stuck() == len(told)


def test_the_young_and_the_ended_are_not_stuck(owner: User) -> None:
    _begun(owner, 0.05)
    for status in ("completed", "failed"):
        _begun(owner, 30, status=status)
    a_render_of(owner.id, status="expired")  # nobody looks for it any more
    assert (_whys(), count_stuck()) == ({}, 0)


def test_the_oldest_come_first_and_what_was_given_up_last(owner: User) -> None:
    given_up, young, old = _begun(owner, 99, status="expired"), _begun(owner, 1), _begun(owner, 3)
    found = stuck_renders(50)
    assert [each.render_id for each in found] == [old, young, given_up]
    assert [each.render_id for each in stuck_renders(1)] == [old]
    first: StuckRender = found[0]
    assert (first.operation, first.target_type, first.owner_id) == ("combine", "segment", owner.id)
    assert first.since == pytest.approx(clock.now() - 3 * HOUR, abs=30)
    assert first.next_check_at == pytest.approx(clock.now() + 60, abs=30)


def test_ages_are_told_apart(owner: User) -> None:
    for hours in (0.1, 0.5, 2, 5, 7, 23):
        _begun(owner, hours)
    _begun(owner, 30, status="expired")
    assert figures().stuck_by_age == [
        ("5 minutes to 1 hour", 2),
        ("1 to 6 hours", 2),
        ("more than 6 hours", 2),
        ("given up", 1),
    ]
    assert figures().stuck == 7


def test_it_tells_how_ends_were_found_out(owner: User) -> None:
    now = clock.now()
    for n in range(20):
        by = "webhook" if n % 4 else "poll"
        _ended(owner, now - 60, status="completed", found_by=by, output_at=now - 61 - n)
    _ended(owner, now - 60, status="failed", found_by="poll")
    _ended(owner, now - 3 * 86_400, status="completed", found_by="poll", output_at=now)
    with transaction() as session:
        session.add(RenderCycle(id=str(ULID()), started_at=now - 60, checked=30, errors=4))
    day, week = figures().windows
    assert day == Window("24 hours", 15, 5, 1, 0, day.noticed_median_seconds, day.noticed_p95_seconds, 30, 4)
    assert (day.noticed_median_seconds or 0.0) == pytest.approx(10.0, abs=0.1)
    assert (day.noticed_p95_seconds or 0.0) == pytest.approx(19.0, abs=0.1)
    assert (week.by_poll, week.expired) == (6, 0)


def _ended(owner: User, finished_at: float, **more: Any) -> None:
    a_render_of(owner.id, active_key=None, finished_at=finished_at, **more)


def test_none_is_told_as_none(app: Flask) -> None:
    told = figures()
    assert (told.stuck, told.alerts) == (0, [])
    assert told.windows[0] == Window("24 hours", 0, 0, 0, 0, None, None, 0, 0)


def _flags() -> dict[str, str]:
    return {alert.flag: alert.sentence for alert in figures().alerts}


def test_many_that_are_stuck_are_an_alert(owner: User) -> None:
    for _ in range(9):
        _begun(owner, 2)
    assert _flags() == {}
    _begun(owner, 2)
    assert _flags()["many_stuck"].startswith("10 renders have been under way for more than an hour")


@pytest.mark.parametrize(
    ("checked", "errors", "is_amiss"), [(10, 5, False), (10, 6, True), (4, 4, False), (5, 5, True)]
)
def test_looks_in_vain_are_an_alert(app: Flask, checked: int, errors: int, is_amiss: bool) -> None:
    with transaction() as session:
        session.add(RenderCycle(id=str(ULID()), started_at=clock.now() - 60, checked=checked, errors=errors))
    assert ("polls_failing" in _flags()) == is_amiss


def test_nobody_looking_is_an_alert(owner: User) -> None:
    a_render_of(owner.id, check_at=clock.now() - 800)
    assert _flags() == {}
    a_render_of(owner.id, check_at=clock.now() - 1000)
    assert "Nobody has looked for" in _flags()["polls_failing"]


def test_outputs_past_their_time_are_an_alert(owner: User) -> None:
    _begun(owner, 0.5, told_done_at=clock.now() - 600)
    assert _flags() == {}
    _begun(owner, 0.5, told_done_at=clock.now() - 1000)
    assert "of a render" in _flags()["outputs_late"]


def test_it_costs_as_many_statements_for_many_as_for_none(owner: User) -> None:
    with statements() as before:
        figures()
    for hours in (0.1, 2, 7):
        _begun(owner, hours)
    _ended(owner, clock.now(), status="completed", found_by="poll", output_at=clock.now())
    with statements() as sent:
        figures()
    assert len(sent) == len(before) <= 11


@pytest.mark.parametrize(
    ("numbers", "share", "found"),
    [([], 0.5, None), ([7.0], 0.95, 7.0), ([1.0, 2.0, 3.0], 0.5, 2.0), (list(map(float, range(1, 101))), 0.95, 95.0)],
)
def test_it_takes_the_nearest_rank(numbers: list[float], share: float, found: float | None) -> None:
    assert percentile(numbers, share) == found
