"""A worker that is told to leave finishes its job first."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from redis.exceptions import TimeoutError as RedisTimeoutError

from extensions import db, redis
from lifeline import STARTS_AGAIN
from models import Job
from services.jobs import registry
from services.jobs.submit import submit
from store import keys
from store.workers import RESTART, STOP, WorkerRegister, read_workers
from tests.waiting import wait_until
from tests.workers.conftest import StartWorker
from tests.workers.tasks import WORKER_TYPES
from workers import reporting


@pytest.fixture(autouse=True)
def _known_types(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in WORKER_TYPES.items():
        monkeypatch.setitem(registry.JOB_TYPES, name, kind)


def _status(job_id: str) -> str:
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True).status


def _waiting_job(until: Path) -> str:
    return submit("wait_politely", params={"until": str(until)}).job_id


def _only_name() -> str:
    (record,) = read_workers(redis.client)
    return record.name


@pytest.mark.parametrize(("then", "exit_code"), [(STOP, 0), (RESTART, STARTS_AGAIN)])
def test_it_finishes_its_job_and_then_leaves(
    start_worker: StartWorker, tmp_path: Path, then: str, exit_code: int
) -> None:
    worker = start_worker()
    job_id = _waiting_job(tmp_path / "go on")
    wait_until(lambda: _status(job_id) == "started", "the job starts")
    WorkerRegister(redis.client).tell_to_leave(_only_name(), then, "an operator")
    second = _waiting_job(tmp_path / "go on")
    wait_until(lambda: read_workers(redis.client)[0].leaves == then, "it is known to leave")
    (tmp_path / "go on").touch()
    assert worker.wait(20) == exit_code
    assert (_status(job_id), _status(second)) == ("finished", "queued")
    assert db.session.get_one(Job, job_id).attempt == 1
    assert read_workers(redis.client) == []


def test_an_idle_one_leaves_at_once(start_worker: StartWorker) -> None:
    worker = start_worker()
    wait_until(lambda: read_workers(redis.client)[0].state == "idle", "it waits for work")
    WorkerRegister(redis.client).tell_to_leave(_only_name(), STOP, "an operator")
    assert worker.wait(10) == 0


def test_it_leaves_although_the_command_was_not_heard(start_worker: StartWorker, tmp_path: Path) -> None:
    worker = start_worker()
    job_id = _waiting_job(tmp_path / "go on")
    wait_until(lambda: _status(job_id) == "started", "the job starts")
    redis.client.hset(keys.worker(_only_name()), "leaves", STOP)
    (tmp_path / "go on").touch()
    assert worker.wait(20) == 0
    assert _status(job_id) == "finished"


def test_one_that_leaves_still_hands_its_job_back_when_it_must_end_now(
    start_worker: StartWorker, tmp_path: Path
) -> None:
    worker = start_worker()
    job_id = _waiting_job(tmp_path / "never")
    wait_until(lambda: _status(job_id) == "started", "the job starts")
    WorkerRegister(redis.client).tell_to_leave(_only_name(), STOP, "an operator")
    worker.terminate()
    worker.wait(20)
    assert _status(job_id) == "queued"


def test_it_listens_again_after_a_time_out(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """RQ's own handler ends the thread."""
    pauses: list[float] = []
    monkeypatch.setattr("workers.reporting.time.sleep", pauses.append)
    handle: Callable[..., None] = reporting.ReportingWorker._pubsub_exception_handler
    handle(object(), RedisTimeoutError("timed out"), None, None)
    assert pauses == [reporting.COMMANDS_RETRY_SECONDS]
