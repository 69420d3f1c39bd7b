"""A job that should have moved on is told of with its reason, and set free."""

import pytest
from flask import Flask

from errors import Conflict
from extensions import db
from models import AuditEntry, Job
from services.fleet import stuck
from services.jobs.submit import submit
from services.recovery import jobs
from tests.recovery.makers import lost_job


def test_it_tells_why_what_becomes_of_it_and_what_can_be_done(app: Flask) -> None:
    job_id = lost_job("Left lying")
    (thing,) = jobs.find(10)
    assert (thing.id, thing.title, thing.url) == (job_id, "Left lying", f"/admin/jobs/{job_id}")
    assert thing.why == "Its worker is gone, and nobody has taken it over"
    assert "The janitor takes it over" in thing.next
    assert thing.remedy is not None
    assert thing.remedy.label == "Rescue now"
    assert jobs.count() == 1


def test_it_leaves_out_what_does_as_it_should(app: Flask) -> None:
    submit("import_media")
    assert (jobs.find(10), jobs.count()) == ([], 0)


def test_it_tells_of_more_than_the_page_of_queues_shows(app: Flask) -> None:
    for number in range(stuck.SHOWN + 2):
        lost_job(f"job {number}")
    assert (len(jobs.find(1000)), jobs.count()) == (stuck.SHOWN + 2, stuck.SHOWN + 2)
    assert len(jobs.find(5)) == 5


def test_it_sets_it_free_and_writes_that_down(app: Flask) -> None:
    job_id = lost_job()
    assert "set going again" in jobs.act(job_id, "ann")
    db.session.rollback()
    assert db.session.get_one(Job, job_id, populate_existing=True).status == "queued"
    assert [(entry.action, entry.actor) for entry in db.session.scalars(db.select(AuditEntry))] == [("rescue", "ann")]
    assert jobs.count() == 0


def test_it_refuses_one_that_moved_on(app: Flask) -> None:
    with pytest.raises(Conflict):
        jobs.act(submit("import_media").job_id, "ann")
