"""Which jobs are stuck, why, and what sets them free."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

import clock
from errors import Conflict, NotFound
from extensions import db, db_now, redis, transaction
from models import Job
from services.fleet import conditions, rescue, stuck
from services.fleet.stuck import count_stuck, find_stuck
from services.jobs import pauses, registry
from services.jobs.registry import QUEUES
from services.jobs.runner import Runner
from services.jobs.submit import submit
from store.bell import Bell
from store.workers import WorkerRegister
from tests.engine.tasks import TEST_TYPES

LONG_AGO = db_now() - 7200


@pytest.fixture(autouse=True)
def _test_types(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in TEST_TYPES.items():
        monkeypatch.setitem(registry.JOB_TYPES, name, kind)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url: str = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    return url or f"sqlite:///{tmp_path / 'test.db'}"


def _set(job_id: str, **values: Any) -> str:
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(**values))
    return job_id


def _job(**values: Any) -> str:
    job_id = submit("count").job_id
    return _set(job_id, **values) if values else job_id


def _row(job_id: str) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True)


def _running(**values: Any) -> str:
    lease = {"status": "started", "lease_owner": "w1", "lease_until": db_now() + 30, "updated_at": db_now()}
    return _job(**(lease | values))


def _found(free: Sequence[str] = ()) -> list[tuple[str, str]]:
    assert count_stuck(free) == len(find_stuck(free))
    return [(job.job_id, job.reason) for job in find_stuck(free)]


def _free_worker() -> None:
    beat = clock.now()
    facts: dict[str, str | int | float] = {"host": "here", "queues": ",".join(QUEUES), "idle_since": beat - 60}
    WorkerRegister(redis.client).beat("w1", beat, facts)


def test_nothing_is_stuck_that_does_as_it_should(app: Flask) -> None:
    _running()
    _job()
    _job(status="scheduled", due_at=db_now() + 60)
    _job(status="failed", updated_at=LONG_AGO)
    assert _found(QUEUES) == []


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"updated_at": db_now() - 41}, conditions.SILENT),
        ({"lease_until": db_now() - 60}, conditions.LEASE_EXPIRED),
        ({"cancel_requested_at": db_now() - 60}, conditions.DEAF),
    ],
)
def test_a_running_job_is_stuck(app: Flask, values: dict[str, Any], reason: str) -> None:
    job_id = _running(**values)
    assert _found() == [(job_id, reason)]


def test_a_scheduled_job_whose_time_has_passed_is_stuck_until_it_is_queued(app: Flask) -> None:
    job_id = _job(status="scheduled", due_at=db_now() - 60)
    assert _found() == [(job_id, conditions.OVERDUE)]
    rescue.rescue(job_id, by="ann")
    assert _row(job_id).status == "queued"


def test_a_job_is_stuck_that_waits_too_long_beside_a_free_worker(app: Flask) -> None:
    job_id = _job(due_at=LONG_AGO)
    assert _found() == []  # all workers have work
    assert _found(("high",)) == []  # and those of another queue do not count
    assert _found(("default",)) == [(job_id, conditions.UNCLAIMED)]
    pauses.pause(["default"], by="ann")
    assert _found(("default",)) == []


def test_it_is_rung_for_anew(app: Flask) -> None:
    job_id = _job(due_at=LONG_AGO)
    redis.client.flushall()
    _free_worker()
    assert rescue.rescue(job_id, by="ann") == conditions.UNCLAIMED
    assert Bell(redis.client).rings_of(QUEUES) == {f"{job_id}-1-1"}


def test_a_lost_job_is_taken_over(app: Flask) -> None:
    job_id = _running(lease_until=db_now() - 60)
    other = _running(lease_until=db_now() - 60)
    rescue.rescue(job_id, by="ann")
    assert (_row(job_id).status, _row(job_id).attempt) == ("queued", 2)
    assert _row(other).status == "started"  # that one was not meant


def test_the_process_of_a_silent_job_is_ended(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[str] = []
    monkeypatch.setattr(Bell, "kill_horse", lambda _self, worker: killed.append(worker))
    rescue.rescue(_running(updated_at=db_now() - 60), by="ann")
    assert killed == ["w1"]


def _parent(runner: Runner, size: int = 2) -> str:
    job_id = submit("fan_out", params={"to": size}).job_id
    runner.deliver(job_id, 1)
    return job_id


def test_parts_that_stand_still_are_rung_for(runner: Runner) -> None:
    job_id = _parent(runner)
    with transaction() as session:
        session.execute(update(Job).where(Job.parent_id == job_id).values(updated_at=LONG_AGO))
    redis.client.flushall()
    assert _found() == []
    assert _found(("default",)) == [(job_id, conditions.STANDING)]
    _free_worker()
    rescue.rescue(job_id, by="ann")
    assert Bell(redis.client).rings_of(QUEUES)


def test_a_parent_whose_parts_are_all_over_is_ended(runner: Runner) -> None:
    job_id = _parent(runner)
    with transaction() as session:
        session.execute(update(Job).where(Job.parent_id == job_id).values(status="finished", ended_at=db_now()))
    _set(job_id, updated_at=LONG_AGO)
    assert _found() == [(job_id, conditions.UNSETTLED)]
    rescue.rescue(job_id, by="ann")
    assert _row(job_id).status == "finished"


def test_it_does_nothing_to_one_that_moved_on(app: Flask) -> None:
    with pytest.raises(Conflict):
        rescue.rescue(_running(), by="ann")
    with pytest.raises(NotFound):
        rescue.rescue("0" * 26, by="ann")


def test_each_reason_has_words_and_a_rescue(app: Flask) -> None:
    assert set(stuck.REASONS) == set(rescue._STEPS) == set(conditions.conditions(conditions.Limits.now()))
