"""Redis that hangs, or is gone, costs little, and loses nothing."""

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from redis.exceptions import RedisError

from extensions import redis
from models import Job
from services.jobs.janitor import Janitor
from services.jobs.submit import submit
from tests.conftest import RunJobs

Row = Callable[[str], Job]
Told = Callable[[str], dict[str, Any]]


@pytest.fixture
def hanging_redis(app: Flask) -> Iterator[None]:
    """A server that takes connections and answers nothing."""
    pid = int(redis.client.info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    yield
    os.kill(pid, signal.SIGCONT)


def _refused() -> str:
    with pytest.raises(RedisError) as caught:
        redis.client.ping()
    return str(caught.value)


def test_only_the_first_calls_wait_for_a_hanging_redis(hanging_redis: None) -> None:
    said = [_refused() for _ in range(20)]
    assert sum("a moment ago" not in one for one in said) <= 3


def test_a_job_runs_to_its_end_while_redis_hangs(
    app: Flask, run_jobs: RunJobs, row: Row, told: Told, janitor: Janitor, hanging_redis: None
) -> None:
    job_id = submit("count", params={"to": 50}).job_id
    janitor.sweep()
    run_jobs()
    assert row(job_id).status == "finished"
    assert (told(job_id)["status"], told(job_id)["degraded"]) == ("finished", True)


def test_it_asks_again_after_a_while(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = redis.client.connection_pool
    monkeypatch.setattr(pool, "_open_until", float("inf"))
    assert "a moment ago" in _refused()
    monkeypatch.setattr(pool, "_open_until", 0.0)
    assert redis.client.ping()
