"""Clocks that differ are told of, and do not make the living look dead."""

import pytest
from flask import Flask

import clock
from extensions import redis
from services.fleet.clocks import ahead, clock_ahead_seconds
from services.fleet.health import age_of
from store.workers import WorkerRegister, read_workers


@pytest.mark.parametrize(
    ("before", "there", "after", "seconds"),
    [(10, 10, 10, 0), (10, 11, 12, 0), (610, 10, 611, 600), (10, 610, 11, -599), (10, 10, 70, 0)],
)
def test_only_what_asking_did_not_take_counts(before: float, there: float, after: float, seconds: float) -> None:
    assert ahead(before, there, after) == seconds


def test_the_database_of_this_host_has_its_clock(app: Flask) -> None:
    assert abs(clock_ahead_seconds()) < 1


@pytest.mark.parametrize("off_seconds", [-600.0, 0.0, 600.0])
def test_a_worker_whose_clock_is_off_has_the_age_that_it_has(app: Flask, off_seconds: float) -> None:
    at = clock.now() - 100 + off_seconds
    facts: dict[str, str | int | float] = {
        "host": "there",
        "pid": 1,
        "clock_ahead_seconds": off_seconds,
        "started_at": at,
        "idle_since": at,
    }
    WorkerRegister(redis.client).beat("w1", at, facts)
    (record,) = read_workers(redis.client)
    assert age_of(record) == pytest.approx(100, abs=2)
    assert record.clock_ahead_seconds == pytest.approx(off_seconds, abs=2)
    assert record.started_at == record.idle_since == record.heartbeat_at
