"""Redis that hangs, or is gone, costs little, and loses nothing."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError

import clock
from breaker import Breaker, BreakerPool
from extensions import redis
from models import Job
from services.jobs.janitor import Janitor
from services.jobs.submit import submit
from tests.conftest import RunJobs
from tests.faults.chaos import PASS, ChaosProxy, slow
from tests.waiting import wait_until

Row = Callable[[str], Job]
Told = Callable[[str], dict[str, Any]]
pytestmark = pytest.mark.backend("socket")


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


@pytest.fixture
def dripping_redis(app: Flask, redis_server: str) -> Iterator[tuple[Redis, ChaosProxy]]:
    """A server whose answers come in drops, each in time, and a client of it."""
    with ChaosProxy(redis_server.removeprefix("unix://")) as proxy:
        redis.client.set("document", "." * 1024)
        client = Redis(connection_pool=_pool(f"redis://{proxy.address}"))
        client.ping()
        proxy.mood = slow(bytes_per_second=2_000)
        yield client, proxy
        client.close()


def _pool(url: str) -> BreakerPool:
    limits = {"socket_connect_timeout": redis.CONNECT_SECONDS, "socket_timeout": redis.READ_SECONDS}
    pool: BreakerPool = BreakerPool.from_url(url, **limits)
    return pool


def test_it_stays_open_while_redis_drips(dripping_redis: tuple[Redis, ChaosProxy], probes: list[None]) -> None:
    """Each drop of the document comes in time, and all of it does not."""
    client, proxy = dripping_redis
    answered, until = 0, clock.monotonic() + 20
    while len(probes) < 3 and clock.monotonic() < until:
        with suppress(RedisError):
            client.get("document")
            answered += 1
    assert answered == 0
    proxy.mood = PASS
    wait_until(lambda: client.get("document"), "the breaker closes")


def test_it_waits_longer_where_it_opens_for_slowness_again(monkeypatch: pytest.MonkeyPatch) -> None:
    breaker = Breaker()
    pauses = []
    for seconds in (0, 20, 23, 26, 29):
        monkeypatch.setattr(clock, "monotonic", lambda now=seconds: float(now))
        for _ in range(Breaker.SLOW_IN_A_ROW):
            breaker.answered(1.0)
        pauses.append(breaker._pause_seconds)
        breaker._try(lambda: None)
    assert pauses == [0.5, 0.5, 1.0, 2.0, 2.0]


def test_a_probe_that_is_slow_now_and_then_succeeds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = iter((False, False, True))
    monkeypatch.setattr(BreakerPool, "_echoes_quickly", lambda *_: next(quick))
    redis.client.connection_pool.ping()  # type: ignore[attr-defined] # of our own pool


def test_it_refuses_where_there_is_no_thread_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_thread(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_thread)
    monkeypatch.setattr(Breaker, "FIRST_PAUSE_SECONDS", 0.0)
    breaker = Breaker()
    breaker.failed()
    with pytest.raises(RedisError):
        breaker.admit(lambda: None)


def test_it_keeps_no_connection_to_where_redis_was(app: Flask) -> None:
    own = redis.client.client_id()
    redis.client.connection_pool.ping()  # type: ignore[attr-defined] # of our own pool
    assert redis.client.client_id() != own


def test_an_error_that_redis_answers_with_does_not_open_it(app: Flask) -> None:
    redis.client.set("word", "a")
    with pytest.raises(RedisError):
        redis.client.lpush("word", "b")
    assert redis.client.ping()
