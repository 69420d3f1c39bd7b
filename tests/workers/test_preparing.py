"""What jobs of a type need in memory is loaded in the worker, once, and is there in the process of each job."""

from typing import Any

import pytest

from extensions import db
from models import Job
from services.jobs import registry
from services.jobs.submit import submit
from tests.waiting import wait_until
from tests.workers.conftest import StartWorker
from tests.workers.tasks import WORKER_TYPES


@pytest.fixture(autouse=True)
def _known_types(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in WORKER_TYPES.items():
        monkeypatch.setitem(registry.JOB_TYPES, name, kind)


def result_of(name: str) -> dict[str, Any]:
    job_id = submit(name).job_id
    wait_until(lambda: _row(job_id).status == "finished", "the job ends")
    return _row(job_id).result or {}


def _row(job_id: str) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True)


def test_it_is_done_once_before_the_fork(start_worker: StartWorker) -> None:
    worker = start_worker()
    first, second = result_of("prepared"), result_of("prepared")
    assert first["prepared_in"] == second["prepared_in"] == [worker.pid]
    assert worker.pid not in (first["done_in"], second["done_in"])


def test_what_a_job_runs_is_imported_before_the_fork(start_worker: StartWorker) -> None:
    worker = start_worker()
    told = result_of("imported")
    assert told["imported_in"] == worker.pid
    assert told["done_in"] != worker.pid


def test_a_job_runs_though_it_could_not_be_prepared_for(start_worker: StartWorker) -> None:
    start_worker()
    assert result_of("badly_prepared")["prepared_in"] == []
