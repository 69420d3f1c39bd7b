"""How many jobs a worker has done is told while it goes on, and whatever becomes of its ring."""

from typing import Any

import pytest
from flask import Flask
from redis.exceptions import RedisError

from extensions import redis
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.tally import TELL_EVERY_SECONDS, Tally
from store import keys
from store.workers import WorkerCounts


def _told(worker_name: str) -> dict[bytes, bytes]:
    told: Any = redis.client.hgetall(keys.worker(worker_name))
    return dict(told)


def test_it_tells_each_second(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("clock.monotonic", lambda: now[0])
    tally = Tally("it")
    tally.note("done")
    assert _told("it") == {}
    now[0] = TELL_EVERY_SECONDS
    tally.note("done")
    assert _told("it") == {b"done": b"2"}


def test_what_redis_was_not_told_goes_with_the_next_news(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise RedisError("gone")

    tally = Tally("it")
    tally.note("failed")
    with monkeypatch.context() as outage:
        outage.setattr(WorkerCounts, "add", gone)
        tally.tell()
    tally.tell()
    assert _told("it") == {b"failed": b"1"}


def test_a_ring_that_breaks_tells_what_was_done(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(Runner, "_next_short", broken)
    with pytest.raises(RuntimeError, match="broken"):
        runner.deliver(submit("count").job_id, 1)
    assert _told(runner.worker_name) == {b"done": b"1"}
