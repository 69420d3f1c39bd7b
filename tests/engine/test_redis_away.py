"""Redis that hangs, or is gone, costs little, and loses nothing."""

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from redis.exceptions import RedisError

import clock
from breaker import Breaker, BreakerPool
from extensions import redis
from models import Job
from services.jobs.janitor import Janitor
from services.jobs.submit import submit
from tests.conftest import RunJobs
from tests.waiting import wait_until

Row = Callable[[str], Job]
Told = Callable[[str], dict[str, Any]]


@pytest.fixture
def hanging_redis(app: Flask) -> Iterator[None]:
    """A server that takes connections and answers nothing."""
    pid = int(redis.client.info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    yield
    os.kill(pid, signal.SIGCONT)


@pytest.fixture
def probes(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One for each time that the breaker has looked whether Redis is back."""
    made: list[None] = []
    ping = BreakerPool.ping

    def counted(pool: BreakerPool) -> None:
        made.append(None)
        ping(pool)

    monkeypatch.setattr(BreakerPool, "ping", counted)
    return made


def _refused() -> str:
    with pytest.raises(RedisError) as caught:
        redis.client.ping()
    return str(caught.value)


def test_only_the_first_calls_wait_for_a_hanging_redis(hanging_redis: None) -> None:
    said = [_refused() for _ in range(20)]
    assert sum("a moment ago" not in one for one in said) == 1


def test_a_job_runs_to_its_end_while_redis_hangs(
    app: Flask, run_jobs: RunJobs, row: Row, told: Told, janitor: Janitor, hanging_redis: None
) -> None:
    job_id = submit("count", params={"to": 50}).job_id
    janitor.sweep()
    run_jobs()
    assert row(job_id).status == "finished"
    assert (told(job_id)["status"], told(job_id)["degraded"]) == ("finished", True)


def test_it_asks_again_after_a_while(app: Flask) -> None:
    pool = redis.client.connection_pool
    assert isinstance(pool, BreakerPool)
    pool.breaker.failed()
    assert "a moment ago" in _refused()
    wait_until(redis.client.ping, "the breaker closes")


def test_nobody_waits_to_find_out_that_it_is_not_back(hanging_redis: None, probes: list[None]) -> None:
    _refused()
    until = clock.monotonic() + 10
    while len(probes) < 2 and clock.monotonic() < until:
        assert "a moment ago" in _refused()
    assert len(probes) == 2


def test_it_opens_at_slow_answers_in_a_row_but_not_at_one(app: Flask) -> None:
    breaker = Breaker()
    for seconds in (1.0, 1.0, 0.1, 1.0, 1.0):
        breaker.answered(seconds)
    breaker.admit(lambda: None)
    breaker.answered(1.0)
    with pytest.raises(RedisError):
        breaker.admit(lambda: None)


def test_an_error_that_redis_answers_with_does_not_open_it(app: Flask) -> None:
    redis.client.set("word", "a")
    with pytest.raises(RedisError):
        redis.client.lpush("word", "b")
    assert redis.client.ping()
