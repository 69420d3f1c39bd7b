"""A worker loads what most jobs need once it has been idle for a moment: neither a start nor the first job waits."""

import errno
import os
from collections.abc import Iterator

import pytest
from flask import Flask
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from extensions import redis
from services.jobs import registry
from services.jobs.submit import submit
from tests.engine.tasks import TEST_TYPES
from workers.worker import ReliableWorker, RingJob, RingQueue


@pytest.fixture
def warmed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    times: list[str] = []
    monkeypatch.setattr("workers.worker.WARM_UP_AFTER_SECONDS", 1)
    monkeypatch.setattr("workers.worker.warm_up", lambda: times.append("warmed"))
    return times


@pytest.fixture
def worker(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReliableWorker]:
    monkeypatch.setitem(registry.JOB_TYPES, "count", TEST_TYPES["count"])
    queue = RingQueue("default", connection=redis.client, serializer=JSONSerializer)
    made = ReliableWorker(
        [queue], connection=redis.client, serializer=JSONSerializer, job_class=RingJob, queue_class=RingQueue
    )
    yield made
    made.dismiss_standby()


def test_it_does_so_once_when_nothing_has_come(worker: ReliableWorker, warmed: list[str]) -> None:
    for _ in range(2):
        assert worker.dequeue_job_and_maintain_ttl(1, max_idle_time=1) is None
    assert warmed == ["warmed"]


def test_a_job_that_comes_before_is_taken_first(worker: ReliableWorker, warmed: list[str]) -> None:
    submit("count")
    assert worker.dequeue_job_and_maintain_ttl(1, max_idle_time=1) is not None
    assert warmed == []
    assert worker.dequeue_job_and_maintain_ttl(1, max_idle_time=1) is None
    assert warmed == ["warmed"]


def test_a_burst_waits_for_nothing(worker: ReliableWorker, warmed: list[str]) -> None:
    assert worker.dequeue_job_and_maintain_ttl(None) is None
    assert warmed == []


@pytest.mark.usefixtures("warmed")
def test_the_horse_that_stands_by_afterwards_is_another(worker: ReliableWorker) -> None:
    worker.stand_by()
    before = worker._standby
    assert worker.dequeue_job_and_maintain_ttl(1, max_idle_time=1) is None
    assert worker._standby not in (None, before)


def test_it_ends_if_it_was_told_to_while_it_forked(worker: ReliableWorker) -> None:
    worker._stop_requested = True
    with pytest.raises(StopRequested):
        worker.dequeue_job_and_maintain_ttl(1)


def test_it_waits_for_rings_though_there_is_no_room_for_a_standby(
    worker: ReliableWorker, warmed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fork() -> int:
        raise OSError(errno.EAGAIN, "no room")

    monkeypatch.setattr(os, "fork", fork)
    assert worker.dequeue_job_and_maintain_ttl(1, max_idle_time=1) is None
    assert (warmed, worker._standby) == (["warmed"], None)
