"""No ring too few, and not many too many."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis.exceptions import RedisError
from sqlalchemy import insert, update

from extensions import redis, transaction
from models import Job
from services.jobs import operations, registry
from services.jobs.janitor import Janitor
from services.jobs.rings import BATCH
from services.jobs.runner import CHUNK_SECONDS, Runner, run_next_chunk
from services.jobs.submit import new_row, submit
from services.jobs.work import Outcome, Work
from store.bell import Bell
from tests.conftest import RunJobs
from tests.engine.conftest import SetScript

Row = Callable[[str], Job]


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"ring_grace_seconds": 0.05}


def _length(queue: str) -> int:
    length: Any = redis.client.llen(f"rq:queue:{queue}")
    return int(length)


def test_children_that_become_due_do_not_multiply_the_lanes(runner: Runner, janitor: Janitor) -> None:
    job_id = submit("fan_out", params={"to": 400}).job_id
    runner.deliver(job_id, 1)
    lanes = _length("default")
    for position in range(10):
        with transaction() as session:
            session.execute(
                update(Job).where(Job.parent_id == job_id, Job.position == position).values(dispatched_at=None)
            )
        janitor.sweep()
    assert _length("default") == lanes


def test_one_never_rung_for_comes_before_hundreds_that_were(app: Flask, janitor: Janitor) -> None:
    with transaction() as session:
        for number in range(BATCH + 100):
            job_id = f"{number:026d}"
            session.execute(insert(Job).values(new_row(job_id, {"type": "count", "queue": "low"})))
            redis.client.rpush("rq:queue:low", f"{job_id}-1-0")
    urgent = submit("count", queue="high").job_id
    redis.client.delete("rq:queue:high")
    with transaction() as session:
        session.execute(update(Job).where(Job.id == urgent).values(dispatched_at=None))
    janitor.sweep()
    assert _length("high") == 1


def test_an_execution_that_its_worker_no_longer_vouches_for_is_no_ring(
    app: Flask, janitor: Janitor, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = submit("count").job_id
    redis.client.delete("rq:queue:default")
    redis.client.zadd("rq:wip:default", {f"{job_id}-1-0:execution": time.time() - 3600})
    janitor.sweep()
    monkeypatch.setattr("clock.monotonic", lambda: float("inf"))
    janitor.sweep()
    assert row(job_id).dispatch_no == 1


def test_a_slow_first_job_leaves_no_time_for_another_of_its_line(
    runner: Runner, row: Row, script: SetScript, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ring's own time limit runs from its start."""
    now = [0.0]
    monkeypatch.setattr("clock.monotonic", lambda: now[0])

    def slow(_work: Work) -> Outcome:
        now[0] += CHUNK_SECONDS + 1
        return Outcome()

    script(slow)
    monkeypatch.setitem(registry.JOB_TYPES, "scripted", _short(registry.JOB_TYPES["scripted"]))
    first, second = submit("scripted").job_id, submit("scripted").job_id
    runner.deliver(first, 1)
    assert (row(first).status, row(second).status) == ("finished", "queued")


def _short(kind: registry.JobType) -> registry.JobType:
    return registry.JobType(kind.name, kind.label, kind.task, kind.queue, kind.steps, 60, short=True)


def test_a_type_that_this_release_does_not_know_harms_nobody(
    app: Flask, client: FlaskClient, janitor: Janitor, row: Row
) -> None:
    job_id = submit("count").job_id
    with transaction() as session:
        session.execute(update(Job).values(type="of_the_next_release", dispatched_at=None))
    janitor.sweep()
    assert client.get("/api/jobs").status_code == 200
    assert client.get(f"/api/progress/{job_id}").status_code == 200
    assert row(job_id).status == "queued"


@pytest.mark.parametrize("which", ["parent", "children"])
def test_a_parent_that_this_release_does_not_know_keeps_no_other_from_its_lanes(
    runner: Runner, janitor: Janitor, which: str
) -> None:
    unknown, known = (submit("fan_out", params={"to": 3}).job_id for _ in range(2))
    for job_id in (unknown, known):
        runner.deliver(job_id, 1)
    redis.client.flushdb()
    with transaction() as session:
        of_next = (Job.id if which == "parent" else Job.parent_id) == unknown
        session.execute(update(Job).where(of_next).values(type="of_the_next_release"))
        session.execute(update(Job).where(Job.parent_id.in_([unknown, known])).values(dispatched_at=None))
    janitor.sweep()
    assert {name.split("-")[0] for name in Bell(redis.client).rings_of(["default"])} == {known}


def test_a_lane_that_could_not_ring_anew_is_rung_for_at_once(
    runner: Runner, janitor: Janitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = submit("fan_out", params={"to": 60}).job_id
    runner.deliver(job_id, 1)
    redis.client.flushdb()
    with monkeypatch.context() as outage:
        outage.setattr(Bell, "ring_lane", _gone)
        run_next_chunk(runner, job_id, "default", 0)
    janitor.sweep()
    assert Bell.lane_name(job_id, 0) in {name.rpartition("-")[0] for name in Bell(redis.client).rings_of(["default"])}


def _gone(*_: object, **__: object) -> None:
    raise RedisError("gone")


def test_a_lane_may_take_as_long_as_one_of_its_children(
    app: Flask, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = replace(registry.JOB_TYPES["count"], time_limit_seconds=1000.0)
    monkeypatch.setitem(registry.JOB_TYPES, "count", slow)
    job_id = submit("fan_out", params={"to": 3}).job_id
    runner.deliver(job_id, 1)
    lane = next(name for name in Bell(redis.client).rings_of(["default"]) if "lane" in name)
    limit: Any = redis.client.hget(f"rq:job:{lane}", "timeout")
    assert int(limit) > slow.time_limit_seconds


def test_what_is_retried_counts_as_rung_from_the_moment_it_is_queued(
    run_jobs: RunJobs, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = submit("fail_for_good").job_id
    run_jobs()
    seen: list[float | None] = []
    monkeypatch.setattr("services.jobs.operations.ring", lambda *_: seen.append(row(job_id).dispatched_at))
    operations.retry(job_id)
    assert seen[0] is not None
