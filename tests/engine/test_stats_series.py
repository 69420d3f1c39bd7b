"""The past as points: zero where nothing happened, nothing where nobody knows."""

from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from errors import InvalidInput
from extensions import transaction
from models import JobStat, RollUp
from services.jobs import states
from services.stats import rollup
from services.stats.rollup import roll_up
from services.stats.series import Series, read_series
from services.stats.stretches import COMMIT_LAG_SECONDS, DAY_SECONDS, HOUR_SECONDS
from tests.past import NOON, past_job, statements

NOW = NOON + 2 * HOUR_SECONDS + 45


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not leave part of the counting to the next round."""
    monkeypatch.setattr(rollup, "MAX_SECONDS", 60.0)


def _read(window: str = "hour", *, now: float = NOW, **more: Any) -> Series:
    roll_up(now)
    return read_series(window, now=now, **more)


def _counts(series: Series, name: str = "finished") -> dict[int, int | None]:
    """Points with something in them, by their place counted from the running one."""
    last = series.points[-1].at
    return {(p.at - last) // series.window.step_seconds: p.count(name) for p in series.points if p.count(name) != 0}


@pytest.mark.parametrize(("window", "points", "step"), [("hour", 60, 60), ("day", 96, 900), ("month", 120, 21_600)])
def test_it_has_a_point_for_each_stretch_up_to_now(app: Flask, window: str, points: int, step: int) -> None:
    series = _read(window)
    instants = [point.at for point in series.points]
    assert len(instants) == points
    assert {after - before for before, after in pairwise(instants)} == {step}
    assert instants[-1] <= NOW < instants[-1] + step
    assert [point.is_over for point in series.points] == [True] * (points - 1) + [False]


@pytest.mark.parametrize(("window", "place"), [("hour", -20), ("day", -2), ("month", 0)])
def test_it_counts_each_job_once_whatever_the_window(app: Flask, window: str, place: int) -> None:
    past_job(created_at=NOON - 40 * DAY_SECONDS)  # where the history begins
    past_job(created_at=NOW - 20 * 60)
    series = _read(window)
    assert _counts(series) == {place: 1}
    assert (series.total.created, series.total.finished) == (1, 1)


def test_it_shows_what_ended_just_now_before_it_is_counted(app: Flask) -> None:
    past_job(created_at=NOON - DAY_SECONDS)
    past_job(states.FAILED, created_at=NOW - 10)
    past_job(created_at=NOW - 70)
    series = _read()
    assert (_counts(series, "failed"), _counts(series)) == ({0: 1}, {-1: 1})


def test_it_knows_zero_from_not_known(app: Flask) -> None:
    past_job(created_at=NOW - 30 * 60 - 45)
    counts = [point.count("failed") for point in _read().points]
    assert counts == [None] * 29 + [0] * 31


def test_it_does_not_know_what_is_not_counted_while_the_janitor_is_down(app: Flask) -> None:
    past_job(created_at=NOON)
    roll_up(NOW - 20 * 60)
    past_job(created_at=NOW - 100)
    series = read_series("hour", now=NOW)
    counts = [point.count("finished") for point in series.points]
    assert counts[:39] == [0] * 39
    assert counts[39:54] == [None] * 15
    assert sum(filter(None, counts[54:])) == 1


def test_it_tells_percentiles_and_none_where_nothing_ended(app: Flask) -> None:
    past_job(created_at=NOON)
    for waited in (1, 2, 3, 4, 50):
        past_job(created_at=NOW - 600, waited=waited, ran=60 - waited)
    found = {point.at: point.percentiles("wait_seconds") for point in _read().points}
    assert [each for each in found.values() if each != [None, None]] == [
        [pytest.approx(3, rel=0.03), pytest.approx(4, rel=0.03)]
    ]


def test_it_tells_of_one_queue_or_type(app: Flask) -> None:
    past_job(created_at=NOW - 600)
    past_job(created_at=NOW - 600, queue="low", type="import_media")
    past_job(created_at=NOW - 30, queue="low")
    assert _read(queue="low").total.finished == 2
    assert _read(type_name="analyze_song").total.finished == 2
    assert _read(queue="low", type_name="analyze_song").total.finished == 1


def test_it_tells_how_long_parents_ran_only_if_asked_for_them(app: Flask) -> None:
    past_job(created_at=NOW - 600)
    past_job(created_at=NOW - 600, type="analyze_playlist", ran=500)
    assert sum(_read().total.run_seconds.values()) == 1
    assert sum(_read(type_name="analyze_playlist").total.run_seconds.values()) == 1
    assert _read().total.finished == 2


def test_it_is_empty_where_nothing_happened(app: Flask) -> None:
    assert _read().is_empty
    past_job(created_at=NOW - 20)
    assert not _read().is_empty
    assert _read(queue="system").is_empty


def test_it_reads_longer_stretches_not_minutes_for_the_distant_past(app: Flask) -> None:
    past_job(created_at=NOON - HOUR_SECONDS)
    roll_up(NOW + COMMIT_LAG_SECONDS)
    with transaction() as session:  # so that it shows which of them is read
        session.execute(update(JobStat).where(JobStat.resolution_seconds == 3600).values(finished=7))
    assert _read("month").total.finished == 7


def test_it_takes_few_statements(app: Flask) -> None:
    past_job(created_at=NOW - 3000)
    roll_up(NOW)
    with statements() as sent:
        read_series("hour", now=NOW)
    assert len(sent) <= 8
    with transaction() as session:
        session.execute(update(RollUp).where(RollUp.name == "jobs").values(done_until=NOON))
    with statements() as sent:
        read_series("hour", now=NOW)
    assert len(sent) <= 14


@pytest.mark.parametrize(("window", "queue", "field"), [("year", "", "range"), ("hour", "nowhere", "queue")])
def test_it_names_what_there_is_not(app: Flask, window: str, queue: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_series(window, queue=queue)
    assert field in (refusal.value.details or {})
