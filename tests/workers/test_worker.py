"""The worker, in a real process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from flask import Flask
from rq import Queue
from rq.serializers import JSONSerializer

from extensions import current_settings, db, redis
from models import Job
from services.jobs import operations, registry
from services.jobs.janitor import Janitor
from services.jobs.submit import submit
from tests.engine.tasks import TEST_TYPES
from tests.waiting import wait_until
from tests.workers.conftest import StartWorker
from tests.workers.tasks import WORKER_TYPES


@pytest.fixture(autouse=True)
def _known_types(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in (TEST_TYPES | WORKER_TYPES).items():
        monkeypatch.setitem(registry.JOB_TYPES, name, kind)


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"hard_stop_after_seconds": 0.1, "ring_grace_seconds": 0.05}


def _row(job_id: str) -> Job:
    db.session.rollback()
    job = db.session.get(Job, job_id, populate_existing=True)
    assert job is not None
    return job


def _is(job_id: str, status: str) -> Callable[[], bool]:
    return lambda: _row(job_id).status == status


def _horse(worker: psutil.Process) -> psutil.Process:
    wait_until(worker.children, "the worker has a horse")
    return worker.children()[0]


def _submit_waiting(tmp_path: Path, name: str = "wait_politely") -> tuple[str, Path]:
    until = tmp_path / "go on"
    return submit(name, params={"until": str(until)}).job_id, until


def test_it_does_a_job(start_worker: StartWorker) -> None:
    start_worker()
    job_id = submit("count").job_id
    wait_until(_is(job_id, "finished"), "the job ends")
    assert _row(job_id).result == {"counted": 3}


def test_its_horse_dies_with_it(start_worker: StartWorker, tmp_path: Path) -> None:
    worker = start_worker()
    job_id, _ = _submit_waiting(tmp_path)
    wait_until(_is(job_id, "started"), "the job starts")
    horse = _horse(worker)
    worker.kill()
    wait_until(lambda: not horse.is_running() or horse.status() == psutil.STATUS_ZOMBIE, "the horse is dead")


def test_a_killed_horse_frees_its_job_at_once(start_worker: StartWorker, tmp_path: Path) -> None:
    worker = start_worker()
    job_id, until = _submit_waiting(tmp_path)
    wait_until(_is(job_id, "started"), "the job starts")
    _horse(worker).kill()
    until.touch()
    janitor = Janitor(current_settings())

    def rescued() -> bool:
        janitor.sweep()
        return _row(job_id).attempt == 2

    wait_until(rescued, "the job is rescued long before its lease runs out", within_seconds=10)
    wait_until(_is(job_id, "finished"), "the second attempt ends")


def test_it_hands_its_job_back_when_told_to_stop(start_worker: StartWorker, tmp_path: Path) -> None:
    worker = start_worker()
    job_id, _ = _submit_waiting(tmp_path)
    wait_until(_is(job_id, "started"), "the job starts")
    worker.terminate()
    assert worker.wait(20) == 0
    job = _row(job_id)
    assert (job.status, job.attempt, job.crash_count) == ("queued", 2, 0)


def test_a_cancel_stops_a_running_job(start_worker: StartWorker, tmp_path: Path) -> None:
    start_worker()
    job_id, _ = _submit_waiting(tmp_path)
    wait_until(_is(job_id, "started"), "the job starts")
    operations.cancel(job_id)
    wait_until(_is(job_id, "canceled"), "the job stops", within_seconds=5)


def test_a_cancel_stops_one_that_does_not_listen_the_hard_way(start_worker: StartWorker, tmp_path: Path) -> None:
    start_worker()
    job_id, _ = _submit_waiting(tmp_path, "wait_deaf")
    wait_until(_is(job_id, "started"), "the job starts")
    operations.cancel(job_id)
    janitor = Janitor(current_settings())

    def canceled() -> bool:
        janitor.sweep()
        return _row(job_id).status == "canceled"

    wait_until(canceled, "the job is stopped")


def test_a_job_that_kills_its_worker_every_time_is_set_aside(start_worker: StartWorker) -> None:
    start_worker()
    job_id = submit("kill_itself").job_id
    janitor = Janitor(current_settings())

    def failed() -> bool:
        janitor.sweep()
        return _row(job_id).status == "failed"

    wait_until(failed, "the job is set aside", within_seconds=40)
    assert _row(job_id).error_code == "quarantined"


def test_it_runs_no_function_but_its_own(start_worker: StartWorker, tmp_path: Path) -> None:
    start_worker()
    harmful = tmp_path / "harmed"
    queue = Queue("default", connection=redis.client, serializer=JSONSerializer)
    foreign = queue.enqueue_call("os.mkdir", args=[str(harmful)])
    wait_until(lambda: foreign.get_status(refresh=True) == "failed", "the foreign job is refused")
    assert not harmful.exists()


def test_it_registers_again_when_redis_lost_its_data(start_worker: StartWorker, app: Flask) -> None:
    start_worker()
    redis.client.flushall()
    job_id = submit("count").job_id
    wait_until(_is(job_id, "finished"), "the job ends")
    wait_until(lambda: redis.client.scard("rq:workers") == 1, "the worker is known again")


def test_it_opens_a_connection_of_its_own_after_the_fork(start_worker: StartWorker) -> None:
    start_worker()
    jobs = [submit("count", target_type="n", target_id=n).job_id for n in range(60)]
    wait_until(lambda: all(_row(job_id).status == "finished" for job_id in jobs), "all jobs end", within_seconds=60)
