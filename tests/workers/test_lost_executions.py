"""A ring that Redis was lost under leaves nothing there that looks as if it still ran."""

import pytest
from flask import Flask
from redis.exceptions import RedisError
from rq import Worker
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer

from extensions import redis
from services.jobs import registry
from services.jobs.submit import submit
from store.bell import Bell
from tests.engine.tasks import TEST_TYPES
from workers.worker import ReliableWorker, RingJob, RingQueue

Taken = tuple[ReliableWorker, RqJob, RingQueue]


@pytest.fixture
def taken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Taken:
    """A worker that has taken a ring out of its queue."""
    monkeypatch.setitem(registry.JOB_TYPES, "count", TEST_TYPES["count"])
    name = Bell.ring_name(submit("count").job_id, 1, 0)
    queue = RingQueue("default", connection=redis.client, serializer=JSONSerializer)
    worker = ReliableWorker([queue], connection=redis.client, serializer=JSONSerializer, job_class=RingJob)
    redis.client.delete(queue.key)
    return worker, RingJob.fetch(name, connection=redis.client, serializer=JSONSerializer), queue


def _all_is_gone(job: RqJob) -> bool:
    return Bell(redis.client).rings_of(["default"]) == set() and not redis.client.exists(job.key)


def test_a_ring_whose_worker_loses_redis_is_gone_once_that_answers(
    taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_redis(worker: Worker, job: RqJob, _queue: object) -> None:
        worker.prepare_execution(job)
        raise RedisError("gone")

    monkeypatch.setattr(Worker, "execute_job", lose_redis)
    worker, job, queue = taken
    worker.execute_job(job, queue)
    assert _all_is_gone(job)


def test_a_ring_whose_horse_could_not_say_that_it_was_over_is_gone(
    taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    def horse_ends(worker: Worker, job: RqJob, _queue: object) -> None:
        worker.executions.pop(worker.prepare_execution(job).id)

    monkeypatch.setattr(Worker, "execute_job", horse_ends)
    worker, job, queue = taken
    worker.execute_job(job, queue)
    assert _all_is_gone(job)


def test_what_a_horse_has_said_stays(taken: Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    def horse_says(worker: Worker, job: RqJob, _queue: object) -> None:
        execution = worker.prepare_execution(job)
        with redis.client.pipeline() as pipeline:
            worker.cleanup_execution(job, pipeline=pipeline, execution=execution)
            pipeline.execute()

    monkeypatch.setattr(Worker, "execute_job", horse_says)
    worker, job, queue = taken
    worker.execute_job(job, queue)
    assert redis.client.exists(job.key)


def test_it_tries_again_until_redis_answers(taken: Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, job, queue = taken
    forget, tries = ReliableWorker._forget_execution, []

    def fail_twice(self: ReliableWorker, its: RqJob) -> None:
        tries.append(its.id)
        if len(tries) < 3:
            raise RedisError("gone")
        forget(self, its)

    monkeypatch.setattr(Worker, "execute_job", lambda self, its, _queue: self.prepare_execution(its))
    monkeypatch.setattr(ReliableWorker, "_forget_execution", fail_twice)
    monkeypatch.setattr(ReliableWorker._wait_for_redis.retry, "sleep", lambda _seconds: None)
    worker.execute_job(job, queue)
    assert len(tries) == 3
    assert _all_is_gone(job)
