"""The history: minutes that are over are counted once, whoever counts, and whatever became of the jobs since."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from extensions import db, transaction
from models import Job, JobStat, RollUp
from services.jobs import states
from services.stats import rollup, tally
from services.stats.histogram import class_of
from services.stats.rollup import roll_up
from services.stats.stretches import COMMIT_LAG_SECONDS, HOUR_SECONDS, QUARTER_SECONDS
from tests.past import NOON, past_job, statements

READY = NOON + 60 + 30  # the minute's end, and the time for late commits


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not leave part of the counting to the next round."""
    monkeypatch.setattr(rollup, "MAX_SECONDS", 60.0)


def _stats(resolution_seconds: int = 60) -> list[dict[str, Any]]:
    db.session.rollback()
    rows = db.session.scalars(
        select(JobStat)
        .where(JobStat.resolution_seconds == resolution_seconds)
        .order_by(JobStat.bucket_at, JobStat.queue, JobStat.type)
        .execution_options(populate_existing=True)
    )
    names = ("bucket_at", "queue", "type", "created", "finished", "failed", "canceled")
    return [{name: getattr(row, name) for name in names} for row in rows]


def _counts(resolution_seconds: int = 60) -> list[tuple[int, int, int, int, int]]:
    return [
        (row["bucket_at"] - NOON, row["created"], row["finished"], row["failed"], row["canceled"])
        for row in _stats(resolution_seconds)
    ]


def test_it_counts_a_minute_that_is_over_by_queue_and_type(app: Flask) -> None:
    past_job()
    past_job(states.FAILED)
    past_job(states.CANCELED, type="import_media", queue="low")
    past_job(states.QUEUED)
    roll_up(READY)
    assert _stats() == [
        {"bucket_at": NOON, "queue": "high", "type": "analyze_song"}
        | {"created": 3, "finished": 1, "failed": 1, "canceled": 0},
        {"bucket_at": NOON, "queue": "low", "type": "import_media"}
        | {"created": 1, "finished": 0, "failed": 0, "canceled": 1},
    ]


def test_it_waits_until_late_commits_are_in(app: Flask) -> None:
    past_job()
    roll_up(READY - 1)
    assert _stats() == []


def test_it_counts_a_job_where_it_came_in_and_where_it_ended(app: Flask) -> None:
    past_job(created_at=NOON + 59.9, ran=60)
    roll_up(READY + 60)
    assert _counts() == [(0, 1, 0, 0, 0)]
    roll_up(READY + 120)
    assert _counts() == [(0, 1, 0, 0, 0), (120, 0, 1, 0, 0)]


def test_it_keeps_how_long_jobs_waited_and_ran(app: Flask) -> None:
    past_job(waited=4, ran=10)
    past_job(states.CANCELED, waited=4, ran=3)  # stopped: how long it would have run nobody knows
    past_job(states.CANCELED, due_at=NOON + 50)  # canceled while it waited for its next try
    roll_up(READY)
    row = db.session.scalars(select(JobStat)).one()
    assert row.wait_seconds == {class_of(4.0): 2}
    assert row.run_seconds == {class_of(10.0): 1}


def test_it_counts_nothing_twice(app: Flask) -> None:
    past_job()
    roll_up(READY)
    roll_up(READY)
    assert _counts() == [(0, 1, 1, 0, 0)]


def test_it_counts_once_when_two_janitors_do_it_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    past_job()

    def meanwhile(start: float, end: float) -> Any:
        monkeypatch.setattr(rollup, "count_jobs", tally.count_jobs)
        tallies = tally.count_jobs(start, end)
        roll_up(READY)  # the other one, between this one's look and its writing
        with transaction() as session:
            session.execute(delete(JobStat))  # so that a second writing would show
        return tallies

    roll_up(READY - 120)
    monkeypatch.setattr(rollup, "count_jobs", meanwhile)
    roll_up(READY)
    assert _counts() == []


def test_it_keeps_the_history_of_jobs_that_are_gone(app: Flask) -> None:
    past_job()
    roll_up(READY)
    with transaction() as session:
        session.execute(delete(Job))
    past_job(created_at=NOON + 120)
    roll_up(READY + 120)
    assert _counts() == [(0, 1, 1, 0, 0), (120, 1, 1, 0, 0)]


def test_it_sums_up_quarters_and_hours(app: Flask) -> None:
    for minute in (0, 5, 20, 59):
        past_job(created_at=NOON + minute * 60, waited=minute)
    past_job(states.FAILED, created_at=NOON + HOUR_SECONDS)
    roll_up(NOON + 2 * HOUR_SECONDS + COMMIT_LAG_SECONDS)
    assert _counts(QUARTER_SECONDS) == [
        (0, 2, 2, 0, 0),
        (QUARTER_SECONDS, 1, 1, 0, 0),
        (3 * QUARTER_SECONDS, 1, 0, 0, 0),
        (4 * QUARTER_SECONDS, 1, 1, 1, 0),
    ]
    assert _counts(HOUR_SECONDS) == [(0, 4, 3, 0, 0), (HOUR_SECONDS, 1, 1, 1, 0)]
    hour = db.session.scalars(select(JobStat).where(JobStat.resolution_seconds == HOUR_SECONDS).limit(1)).one()
    assert sum(hour.wait_seconds.values()) == 3


def test_it_catches_up_after_a_long_time_down_over_several_rounds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for hour in range(5):
        past_job(created_at=NOON + hour * HOUR_SECONDS)
    monkeypatch.setattr(rollup, "MAX_SECONDS", 0.0)
    roll_up(NOON + 100 * HOUR_SECONDS)
    assert len(_counts()) < 5
    monkeypatch.setattr(rollup, "MAX_SECONDS", 60.0)
    roll_up(NOON + 100 * HOUR_SECONDS)
    assert [at for at, *_ in _counts()] == [hour * HOUR_SECONDS for hour in range(5)]
    assert db.session.get_one(RollUp, "jobs", populate_existing=True).done_until >= NOON + 99 * HOUR_SECONDS


def test_it_leaves_out_stretches_in_which_nothing_happened(app: Flask) -> None:
    past_job()
    past_job(created_at=NOON + 1000 * HOUR_SECONDS)
    with statements() as sent:
        roll_up(NOON + 1001 * HOUR_SECONDS)
    assert len(_counts()) == 2
    assert len(sent) < 80


def test_it_writes_nothing_when_nothing_is_to_do(app: Flask) -> None:
    past_job()
    roll_up(READY)
    with statements() as sent:
        roll_up(READY + 5)
    assert len(sent) == 2
    assert all(statement.startswith("SELECT") for statement in sent)
