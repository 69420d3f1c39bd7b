"""What comes to an idle worker is run by a horse that was there before it came; each job has one of its own."""

from pathlib import Path
from typing import Any

import psutil
import pytest

from extensions import db
from models import Job
from services.jobs import registry
from services.jobs.submit import submit
from tests.waiting import wait_until
from tests.workers.conftest import StartWorker
from tests.workers.tasks import WORKER_TYPES
from workers.standby import STANDBY


@pytest.fixture(autouse=True)
def _known_types(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in WORKER_TYPES.items():
        monkeypatch.setitem(registry.JOB_TYPES, name, kind)


@pytest.fixture
def worker(start_worker: StartWorker) -> psutil.Process:
    return start_worker("cold")  # which keeps its first standby


def standby_of(worker: psutil.Process) -> psutil.Process:
    found: list[psutil.Process] = []

    def stands() -> bool:
        found[:] = [child for child in worker.children() if child.name() == STANDBY]
        return bool(found)

    wait_until(stands, "a horse stands by")
    return found[0]


def result_of(name: str, **params: Any) -> dict[str, Any]:
    job_id = submit(name, params=params).job_id
    wait_until(lambda: _row(job_id).status == "finished", "the job ends")
    return _row(job_id).result or {}


def _row(job_id: str) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True)


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_it_runs_the_next_job_and_another_takes_its_place(worker: psutil.Process, tmp_path: Path) -> None:
    result_of("wait_politely", until=str(tmp_path))  # has its code loaded, for all standbys after it
    first = standby_of(worker)
    assert result_of("wait_politely", until=str(tmp_path))["pid"] == first.pid
    second = standby_of(worker)
    assert result_of("wait_politely", until=str(tmp_path))["pid"] == second.pid != first.pid


def test_one_that_died_is_made_good(worker: psutil.Process, tmp_path: Path) -> None:
    result_of("wait_politely", until=str(tmp_path))
    died = standby_of(worker)
    died.kill()
    wait_until(lambda: is_gone(died), "it is dead")
    assert result_of("wait_politely", until=str(tmp_path))["pid"] not in (died.pid, worker.pid)


def test_it_has_what_was_loaded_after_its_fork(worker: psutil.Process) -> None:
    standby_of(worker)
    first, second = result_of("prepared"), result_of("prepared")
    assert first["prepared_in"] == second["prepared_in"] == [worker.pid]


@pytest.mark.parametrize("end", [psutil.Process.kill, psutil.Process.terminate])
def test_it_ends_with_its_worker(worker: psutil.Process, end: Any) -> None:
    standby = standby_of(worker)
    end(worker)
    wait_until(lambda: is_gone(worker) and is_gone(standby), "both are gone", within_seconds=20)


def test_one_that_stands_still_does_not_hold_up_its_worker(worker: psutil.Process) -> None:
    standby_of(worker).suspend()
    worker.terminate()
    assert worker.wait(20) == 0
