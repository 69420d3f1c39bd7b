"""Polls are counted without a call of Redis for each."""

import pytest
from flask import Flask
from redis import Redis

import clock
from extensions import redis
from services.metrics.polls import FLUSH_SECONDS, PollCounts, outcome
from store.counters import Counters

NOWHERE = Redis(port=9)


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The reading of the clock; set its only item."""
    reading = [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: reading[0])
    return reading


@pytest.mark.parametrize(
    ("status_code", "word"),
    [(200, "news"), (304, "unchanged"), (404, "missing"), (429, "throttled"), (422, "refused"), (503, "error")],
)
def test_it_has_a_word_for_each_answer(status_code: int, word: str) -> None:
    assert outcome(status_code) == word


def test_it_tells_redis_now_and_then(app: Flask, seconds: list[float]) -> None:
    counts = PollCounts()
    for _ in range(3):
        counts.note(redis.client, "one", 304)
    assert Counters(redis.client).read() == {}
    seconds[0] = FLUSH_SECONDS
    counts.note(redis.client, "one", 200)
    assert Counters(redis.client).read() == {("polls", "one", "unchanged"): 3, ("polls", "one", "news"): 1}


def test_two_processes_add_up(app: Flask) -> None:
    for counts in (PollCounts(), PollCounts()):
        counts.note(redis.client, "many", 200)
        counts.flush(redis.client)
    assert Counters(redis.client).read() == {("polls", "many", "news"): 2}


def test_it_keeps_what_redis_did_not_take(app: Flask, seconds: list[float]) -> None:
    counts = PollCounts()
    seconds[0] = FLUSH_SECONDS
    counts.note(NOWHERE, "one", 200)
    seconds[0] = 2 * FLUSH_SECONDS
    counts.note(redis.client, "one", 200)
    assert Counters(redis.client).read() == {("polls", "one", "news"): 2}
