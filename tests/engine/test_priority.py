"""Moving work that waits to another queue."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from errors import Conflict, InvalidInput
from extensions import db, redis, transaction
from models import Job
from services.jobs import priority
from services.jobs import runner as jobs_runner
from services.jobs.janitor import Janitor
from services.jobs.runner import Runner
from services.jobs.submit import submit
from store.bell import Bell
from tests.conftest import RunJobs

Row = Callable[[str], Job]


def _rings(queue: str) -> set[str]:
    return Bell(redis.client).rings_of([queue])


def test_it_takes_the_job_and_its_ring_to_the_other_queue(row: Row, janitor: Janitor) -> None:
    job_id = submit("count").job_id
    assert priority.set_priority(job_id, "high") == "queued"
    assert row(job_id).queue == "high"
    assert _rings("default") == set()
    janitor.sweep()
    assert _rings("high") == {f"{job_id}-1-1"}


def test_it_leaves_rings_of_others(row: Row) -> None:
    job_id, other = submit("count").job_id, submit("count").job_id
    priority.set_priority(job_id, "low")
    assert _rings("default") == {f"{other}-1-0"}


def test_it_can_be_told_twice(row: Row) -> None:
    job_id = submit("count").job_id
    priority.set_priority(job_id, "high")
    version = row(job_id).version
    assert priority.set_priority(job_id, "high") == "queued"
    assert row(job_id).version == version


def _fanned_out(runner: Runner) -> tuple[str, list[str]]:
    parent = submit("fan_out", params={"to": 3}).job_id
    runner.deliver(parent, 1)
    return parent, list(db.session.scalars(select(Job.id).where(Job.parent_id == parent).order_by(Job.position)))


def test_it_takes_children_along_and_wakes_workers_there(row: Row, runner: Runner, run_jobs: RunJobs) -> None:
    parent, children = _fanned_out(runner)
    assert priority.set_priority(parent, "high") == "started"
    assert {row(job_id).queue for job_id in (parent, *children)} == {"high"}
    assert any(name.startswith(f"{parent}-lane") for name in _rings("high"))
    run_jobs()
    assert row(parent).status == "finished"


def test_a_lane_that_was_rung_before_is_not_rung_once_more(
    row: Row, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, _ = _fanned_out(runner)
    priority.set_priority(parent, "low")
    rung = _rings("low")
    redis.client.delete("rq:queue:default")
    monkeypatch.setattr(jobs_runner, "CHUNK_JOBS", 1)
    jobs_runner.run_next_chunk(runner, parent, "default", 0)
    assert _rings("default") == set()
    assert _rings("low") == rung


def test_a_lane_that_is_where_its_parent_is_goes_on(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    parent, _ = _fanned_out(runner)
    redis.client.flushdb()
    monkeypatch.setattr(jobs_runner, "CHUNK_JOBS", 1)
    jobs_runner.run_next_chunk(runner, parent, "default", 0)
    assert {name.rpartition("-")[0] for name in _rings("default")} == {f"{parent}-lane0"}


def test_it_does_not_part_a_child_from_its_parent(row: Row, runner: Runner) -> None:
    _, children = _fanned_out(runner)
    with pytest.raises(Conflict, match="part of a larger job"):
        priority.set_priority(children[0], "high")
    assert row(children[0]).queue == "default"


@pytest.mark.parametrize("status", ["started", "finished", "failed", "canceled"])
def test_it_moves_only_what_waits(row: Row, app: Flask, status: str) -> None:
    job_id = submit("count").job_id
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(status=status))
    with pytest.raises(Conflict, match=status):
        priority.set_priority(job_id, "high")
    assert row(job_id).queue == "default"


@pytest.mark.parametrize("queue", ["system", "nowhere", ""])
def test_it_knows_three_priorities(app: Flask, queue: str) -> None:
    with pytest.raises(InvalidInput, match="not a priority"):
        priority.set_priority(submit("count").job_id, queue)


def test_it_leaves_what_operators_started_where_it_is(row: Row) -> None:
    job_id = submit("count", queue="system").job_id
    with pytest.raises(Conflict, match="served first already"):
        priority.set_priority(job_id, "low")
    assert row(job_id).queue == "system"
