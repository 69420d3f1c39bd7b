"""What a worker says of itself."""

import os
from pathlib import Path

import pytest
from flask import Flask

from extensions import redis
from services.jobs import registry
from services.jobs.submit import submit
from store.workers import job_of_ring, read_workers
from tests.waiting import wait_until
from tests.workers.conftest import StartWorker
from tests.workers.tasks import WORKER_TYPES
from version import RELEASE
from workers.reporting import memory_bytes


@pytest.fixture(autouse=True)
def _known_types(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in WORKER_TYPES.items():
        monkeypatch.setitem(registry.JOB_TYPES, name, kind)


def test_it_says_what_it_is(start_worker: StartWorker) -> None:
    worker = start_worker()
    wait_until(lambda: read_workers(redis.client)[0].version, "it has reported")
    (record,) = read_workers(redis.client)
    assert (record.pid, record.queues) == (worker.pid, registry.QUEUES)
    assert record.version.startswith(f"{RELEASE}+")  # the digest is of the files as they are while tests run
    assert record.started_at == pytest.approx(worker.create_time(), abs=1)
    assert 10_000_000 < record.memory_bytes < 2_000_000_000


def test_what_it_was_at_is_known_after_it_was_killed(start_worker: StartWorker, tmp_path: Path) -> None:
    worker = start_worker()
    job_id = submit("wait_politely", params={"until": str(tmp_path / "never")}).job_id
    wait_until(lambda: job_of_ring(read_workers(redis.client)[0].ring) == job_id, "it says what it is at")
    worker.kill()
    redis.client.delete(f"rq:worker:{read_workers(redis.client)[0].name}")  # as it goes by itself after a while
    (record,) = read_workers(redis.client)
    assert (record.state, job_of_ring(record.ring)) == ("", job_id)


def test_one_that_ends_in_good_order_is_not_missed(start_worker: StartWorker) -> None:
    worker = start_worker()
    wait_until(lambda: read_workers(redis.client)[0].state == "idle", "it waits for work")
    worker.terminate()
    worker.wait(20)
    assert read_workers(redis.client) == []


def test_the_memory_of_a_process_that_is_gone_is_none(app: Flask) -> None:
    assert memory_bytes(os.getpid()) > 0
    assert memory_bytes(2**22) == 0
