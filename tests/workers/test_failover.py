"""A worker whose Redis fails over goes on: with jobs, and with listening to commands."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from extensions import current_settings, db, db_now, redis
from models import Job
from services.jobs import registry
from services.jobs.janitor import Janitor
from services.jobs.runner import CHUNK_SECONDS
from services.jobs.submit import submit
from store.workers import STOP, WorkerRegister, read_workers
from tests.engine.tasks import TEST_TYPES
from tests.servers.sentinel import Watched, redis_behind_sentinels
from tests.waiting import wait_until
from tests.workers.conftest import StartWorker
from tests.workers.tasks import WORKER_TYPES


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    with redis_behind_sentinels(tmp_path / "redis") as made:
        yield made


@pytest.fixture
def empty_redis(watched: Watched) -> str:
    return watched.url


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"ring_grace_seconds": 0.05}


@pytest.fixture(autouse=True)
def _known_types(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in (TEST_TYPES | WORKER_TYPES).items():
        monkeypatch.setitem(registry.JOB_TYPES, name, kind)


def _finishes(job_id: str) -> bool:
    Janitor(current_settings()).sweep()
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True).status == "finished"


def test_it_goes_on_when_the_master_is_lost(start_worker: StartWorker, watched: Watched) -> None:
    worker = start_worker()
    before = submit("count").job_id
    wait_until(lambda: _finishes(before), "the first job ends")
    watched.kill_master()
    after = submit("count").job_id
    wait_until(lambda: _finishes(after), "the second job ends")
    wait_until(lambda: read_workers(redis.client)[0].state == "idle", "the worker is known again")
    WorkerRegister(redis.client).tell_to_leave(read_workers(redis.client)[0].name, STOP, "an operator")
    assert worker.wait(30) == 0


def test_it_goes_on_with_the_children_that_were_being_done(
    start_worker: StartWorker, watched: Watched, tmp_path: Path
) -> None:
    """What seemed to run when the master was lost would keep their lane from being rung for, for a minute."""
    for _ in range(2):  # one for each lane
        start_worker()
    go_on = tmp_path / "go on"
    parent = submit("wait_for_all", params={"until": str(go_on), "to": 3}).job_id
    wait_until(lambda: _fill_their_chunks(parent), "each lane has a child that is the last of its ring")
    watched.kill_master()
    go_on.touch()
    wait_until(lambda: _finishes(parent), "the parent ends")
    assert _statuses(parent) == {"finished": 3}


def _statuses(parent_id: str) -> Counter[str]:
    db.session.rollback()
    return Counter(db.session.scalars(select(Job.status).where(Job.parent_id == parent_id)))


def _fill_their_chunks(parent_id: str) -> bool:
    db.session.rollback()
    running = Job.parent_id == parent_id, Job.status == "started", Job.started_at < db_now() - CHUNK_SECONDS
    return len(db.session.scalars(select(Job.id).where(*running)).all()) == 2
