"""The pace of a queue: what came in and what ended in the last minutes."""

import pytest
from flask import Flask

from extensions import transaction
from models import JobStat, RollUp
from services.jobs import states
from services.stats import recent
from tests.past import NOON, past_job

NOW = NOON + 30
MINUTES = 5.5


def test_it_counts_what_came_in_and_what_ended_in_the_last_minutes(app: Flask) -> None:
    for seconds_ago in (10, 100, 200):
        past_job(created_at=NOW - seconds_ago, waited=1, ran=1)
    past_job(states.FAILED, created_at=NOW - 50, waited=1, ran=1)
    past_job(states.QUEUED, created_at=NOW - 50)
    past_job(created_at=NOW - 900, waited=1, ran=1)
    incoming, outgoing = recent.rates(["high", "low"], now=NOW)["high"]
    assert incoming == pytest.approx(5 / MINUTES)
    assert outgoing == pytest.approx(4 / MINUTES)


def test_it_says_zero_of_a_queue_where_nothing_happened(app: Flask) -> None:
    assert recent.rates(["low"]) == {"low": (0, 0)}


def test_it_takes_the_history_for_what_has_been_counted_and_looks_at_the_rest_only(app: Flask) -> None:
    minute = NOON - 120
    with transaction() as session:
        session.add(RollUp(name=recent.JOBS, done_until=minute + 60))
        session.add(
            JobStat(bucket_at=minute, resolution_seconds=60, queue="high", type="gone", created=40, finished=30)
        )
    past_job(created_at=minute + 10)  # it is in the history: not counted twice
    past_job(created_at=NOW - 5)
    incoming, outgoing = recent.rates(["high"], now=NOW)["high"]
    assert incoming == pytest.approx(41 / MINUTES)
    assert outgoing == pytest.approx(31 / MINUTES)
