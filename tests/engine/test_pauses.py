"""Holding queues back for a while, and letting go of them."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from errors import InvalidInput
from extensions import db, db_now, transaction
from models import AuditEntry, Job, QueueState
from services.jobs import pauses
from services.jobs.runner import Runner
from services.jobs.submit import submit

Row = Callable[[str], Job]


def _state(queue: str = "default") -> QueueState:
    db.session.rollback()
    return db.session.get_one(QueueState, queue, populate_existing=True)


def _end_of_pause(seconds_ago: float) -> None:
    with transaction() as session:
        session.execute(update(QueueState).values(until=db_now() - seconds_ago))


def test_a_paused_queue_gives_no_job_away(runner: Runner, row: Row) -> None:
    job_id = submit("count").job_id
    pauses.pause(["default"], by="ann")
    runner.deliver(job_id, 1)
    assert row(job_id).status == "queued"
    pauses.resume(["default"], by="ann")
    runner.deliver(job_id, 1)
    assert row(job_id).status == "finished"


def test_it_is_let_go_when_its_time_has_come_and_not_before(app: Flask, row: Row) -> None:
    job_id = submit("count").job_id
    pauses.pause(["default"], by="ann", for_seconds=3600)
    assert pauses.resume_due() == []
    _end_of_pause(seconds_ago=1)
    assert pauses.resume_due() == ["default"]
    assert pauses.resume_due() == []  # the other janitor
    assert not _state().paused
    assert row(job_id).dispatched_at is None  # to be rung for anew
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.actor, entry.action) for entry in entries] == [("ann", "pause"), (pauses.CLOCK, "resume")]


def test_one_that_was_paused_again_meanwhile_stays_paused(app: Flask) -> None:
    pauses.pause(["default"], by="ann", for_seconds=3600)
    _end_of_pause(seconds_ago=1)
    pauses.pause(["default"], by="bob")
    assert not pauses._let_go("default", pauses.CLOCK, only_if_over=True)
    assert _state().paused


def test_one_paused_without_an_end_stays_paused(app: Flask) -> None:
    pauses.pause(["default"], by="ann")
    assert pauses.resume_due() == []
    assert _state().paused


def test_pausing_again_changes_the_reason_and_keeps_since_when(app: Flask) -> None:
    pauses.pause(["default"], by="ann", reason="One")
    since = _state().changed_at
    pauses.pause(["default"], by="bob", reason="Two", for_seconds=60)
    state = _state()
    assert (state.reason, state.changed_by, state.changed_at) == ("Two", "bob", since)
    assert state.until is not None


def test_resuming_what_is_not_paused_is_no_deed(app: Flask) -> None:
    assert pauses.resume(["default"], by="ann") == []
    assert db.session.scalars(select(AuditEntry)).all() == []


@pytest.mark.parametrize("queue", ["system", "nowhere"])
def test_not_every_queue_can_be_paused(app: Flask, queue: str) -> None:
    with pytest.raises(InvalidInput):
        pauses.pause([queue], by="ann")
