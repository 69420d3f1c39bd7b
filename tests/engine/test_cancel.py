"""Canceling jobs, in whatever state they are."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from errors import Conflict, NotFound
from extensions import db, db_now, transaction
from models import Job
from services.jobs import claims, operations
from services.jobs.claims import Claimant
from services.jobs.janitor import Janitor
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.work import Work
from store.bell import Bell
from tests.conftest import RunJobs

Row = Callable[[str], Job]
Told = Callable[[str], dict[str, Any]]


def test_it_never_starts_a_canceled_job(runner: Runner, row: Row, told: Told) -> None:
    job_id = submit("count").job_id
    assert operations.cancel(job_id) == "canceled"
    runner.deliver(job_id, 1)
    assert row(job_id).status == "canceled"
    assert told(job_id)["status"] == "canceled"


def test_it_stops_a_running_job_at_its_next_checkpoint(
    runner: Runner, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = submit("count", params={"to": 1_000_000}).job_id
    real = Work.checkpoint

    def cancel_first(work: Work) -> None:
        if not work.lease.cancel_requested:
            operations.cancel(job_id)
            work.lease.cancel_requested = True  # as the lease keeper finds at its next tick
        real(work)

    monkeypatch.setattr(Work, "checkpoint", cancel_first)
    runner.deliver(job_id, 1)
    assert row(job_id).status == "canceled"


def test_it_is_harmless_to_cancel_twice(app: Flask) -> None:
    job_id = submit("count").job_id
    assert [operations.cancel(job_id), operations.cancel(job_id)] == ["canceled", "canceled"]


def test_it_refuses_to_cancel_what_is_over(run_jobs: RunJobs) -> None:
    job_id = submit("count").job_id
    run_jobs()
    with pytest.raises(Conflict, match="finished"):
        operations.cancel(job_id)


def test_it_knows_no_job_that_there_is_not(app: Flask) -> None:
    with pytest.raises(NotFound):
        operations.cancel("nothing")


def test_it_kills_what_does_not_listen(app: Flask, janitor: Janitor, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = submit("count").job_id
    with transaction() as session:
        claims.claim(session, job_id, 1, Claimant("worker-7", "w", 45))
    operations.cancel(job_id)
    killed: list[str] = []
    monkeypatch.setattr(Bell, "kill_horse", lambda _self, name: killed.append(name))
    janitor.sweep()
    assert killed == []
    with transaction() as session:
        session.execute(update(Job).values(cancel_requested_at=db_now() - 16))
    janitor.sweep()
    assert killed == ["worker-7"]


def test_it_cancels_a_killed_job_instead_of_trying_again(app: Flask, janitor: Janitor, row: Row) -> None:
    job_id = submit("count").job_id
    with transaction() as session:
        claims.claim(session, job_id, 1, Claimant("w", "w", 45))
    operations.cancel(job_id)
    with transaction() as session:
        session.execute(update(Job).values(lease_until=db_now() - 1))
    janitor.sweep()
    assert row(job_id).status == "canceled"


def test_it_cancels_the_children_of_a_parent(runner: Runner, row: Row) -> None:
    job_id = submit("fan_out", params={"to": 40}).job_id
    runner.deliver(job_id, 1)
    runner.deliver_children(job_id)
    done = db.session.scalar(select(Job.id).where(Job.parent_id == job_id, Job.status == "finished").limit(1))
    assert done is not None
    operations.cancel(job_id)
    assert row(job_id).status == "canceled"
    states = set(db.session.scalars(select(Job.status).where(Job.parent_id == job_id)))
    assert states == {"finished", "canceled"}
