"""A job of a type that only a later release knows waits for that release's workers."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from extensions import current_settings, db
from models import Job
from services.jobs import registry
from services.jobs.janitor import Janitor
from services.jobs.submit import submit
from services.jobs.wanted import type_of_waiting_child, type_wanted
from tests.engine.tasks import TEST_TYPES
from tests.waiting import wait_until
from tests.workers.conftest import StartWorker

LATER = "of_a_later_release"


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"ring_grace_seconds": 0.05}


@pytest.fixture
def later_release(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is of the later release; the workers that tests start are not."""
    for name, kind in TEST_TYPES.items():
        monkeypatch.setitem(registry.JOB_TYPES, name, kind)
    monkeypatch.setitem(registry.JOB_TYPES, LATER, replace(TEST_TYPES["count"], name=LATER))


def _row(job_id: str) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True)


@pytest.mark.usefixtures("later_release")
def test_an_older_worker_leaves_it_alone(start_worker: StartWorker) -> None:
    start_worker()
    theirs, ours = submit(LATER).job_id, submit("count").job_id
    wait_until(lambda: _row(ours).status == "finished", "the job that it knows ends")
    left = _row(theirs)
    assert (left.status, left.attempt, left.crash_count) == ("queued", 1, 0)


@pytest.mark.usefixtures("later_release")
def test_a_ring_that_an_older_worker_took_is_rung_again(monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = submit(LATER).job_id
    with monkeypatch.context() as older:
        older.delitem(registry.JOB_TYPES, LATER)
        assert not type_wanted(job_id, 1)
        Janitor(current_settings()).sweep()  # an older one's rings for it do not, and nor does it stumble
        assert _row(job_id).dispatch_no == 0
    assert type_wanted(job_id, 1)


@pytest.mark.usefixtures("later_release")
def test_children_of_such_a_type_are_left_alone_too(monkeypatch: pytest.MonkeyPatch) -> None:
    parent = submit("fan_out").job_id
    child = submit(LATER).job_id
    with db.engine.begin() as connection:
        connection.execute(db.update(Job).where(Job.id == child).values(parent_id=parent, position=0))
    assert type_of_waiting_child(parent, 0, 0)
    monkeypatch.delitem(registry.JOB_TYPES, LATER)
    assert not type_of_waiting_child(parent, 0, 0)
