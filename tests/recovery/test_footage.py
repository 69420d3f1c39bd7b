"""Footage that nobody moves is told of: set aside, waiting for a person, or due without a session."""

from pathlib import Path

import pytest
from flask import Flask

import clock
from errors import Conflict, NotFound
from extensions import db
from models import AuditEntry, Footage, Job
from services.footage import dispatch, sessions, states
from services.jobs.submit import submit
from services.library import users
from services.recovery import footage
from services.schedules import control
from services.schedules.rows import ensure_rows
from tests.pages.footage_rows import frame
from tests.recovery.makers import failed_footage, footage_at

HOUR = 3600.0


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url: str = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    return url or f"sqlite:///{tmp_path / 'test.db'}"


def _ids() -> list[str]:
    found = footage.find(10)
    assert footage.count() == len(found)
    return [thing.id for thing in found]


def test_it_tells_of_what_was_set_aside(app: Flask) -> None:
    failed_footage("AF0001")
    (thing,) = footage.find(10)
    assert thing.why == "It was set aside: It is no video"
    assert thing.next.startswith("Nothing")
    assert thing.remedy == footage.AGAIN


def test_it_tells_of_what_waits_for_a_person_for_long(app: Flask) -> None:
    footage_at(states.AWAITING_USER_INPUT, "AF0001", for_seconds=2 * HOUR, awaits="A title is missing.")
    footage_at(states.AWAITING_USER_INPUT, "AF0002", for_seconds=60)
    (thing,) = footage.find(10)
    assert (thing.id, thing.why, thing.remedy) == ("AF0001", "It waits for a person: A title is missing", None)
    assert footage.count() == 1


def test_it_tells_of_what_is_due_while_no_session_is_live(app: Flask) -> None:
    ensure_rows()
    footage_at(states.PENDING_FILE_INFO, "AF0001")
    footage_at(states.THUMBNAILS_COMPLETE, "AF0002", for_seconds=60)
    footage_at(states.COMPLETE, "AF0003")
    assert _ids() == ["AF0001"]
    (thing,) = footage.find(10)
    assert "the schedule “Footage autolog” is paused" in thing.next
    assert thing.remedy == footage.BEGIN


def test_it_says_when_the_schedule_comes(app: Flask) -> None:
    ensure_rows()
    control.resume("footage_autolog", by="ann")
    footage_at(states.PENDING_FILE_INFO)
    (thing,) = footage.find(10)
    assert "starts a session" in thing.next
    assert thing.next_at is not None
    assert 0 < thing.next_at - clock.now() <= 300


def test_it_is_more_patient_while_a_session_is_live(app: Flask) -> None:
    sessions.begin(users.default_owner().id)
    footage_at(states.PENDING_FILE_INFO, "AF0001", for_seconds=HOUR)
    assert _ids() == []
    footage_at(states.PENDING_FILE_INFO, "AF0002", for_seconds=3 * HOUR)
    (thing,) = footage.find(10)
    assert (thing.id, thing.remedy) == ("AF0002", None)


def test_it_leaves_out_what_is_being_worked_on_or_waits_for_its_next_try(app: Flask) -> None:
    footage_at(states.PENDING_FILE_INFO, "AF0001")
    submit("footage_file_info", target_type="footage", target_id="AF0001")
    footage_at(states.PENDING_FILE_INFO, "AF0002", retry_at=clock.now() + 60)
    assert _ids() == []


def test_it_leaves_out_what_has_frames_that_move(app: Flask) -> None:
    footage_at(states.PROCESSING_FRAME_INFO, "AF0001")
    footage_at(states.PROCESSING_FRAME_INFO, "AF0002")
    frame("AF0001", 1, entered_at=clock.now() - HOUR)
    frame("AF0002", 1, entered_at=clock.now() - HOUR)
    frame("AF0002", 2, entered_at=clock.now() - 60)
    assert _ids() == ["AF0001"]


def test_it_lets_go_on_what_was_set_aside(app: Flask) -> None:
    failed_footage("AF0001")
    assert footage.act("AF0001", "ann") == "AF0001 goes on at 0 - Pending File Info."
    db.session.rollback()
    assert db.session.get_one(Footage, "AF0001", populate_existing=True).status == states.PENDING_FILE_INFO
    (entry,) = db.session.scalars(db.select(AuditEntry).where(AuditEntry.target_id == "AF0001"))
    assert (entry.actor, entry.action) == ("ann", "recover")


def test_it_begins_a_session_for_what_is_due(app: Flask) -> None:
    footage_at(states.PENDING_FILE_INFO, "AF0001")
    footage.act("AF0001", "ann")
    assert dispatch.live_session() is not None
    footage_at(states.PENDING_FILE_INFO, "AF0003")
    footage.act("AF0003", "ann")  # one session is enough
    assert db.session.scalar(db.select(db.func.count()).where(Job.type == "footage_session")) == 1
    (entry,) = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "recover"))
    assert (entry.actor, entry.target_id) == ("ann", "AF0001")


def test_it_refuses_what_it_cannot_set_going(app: Flask) -> None:
    footage_at(states.COMPLETE, "AF0001")
    with pytest.raises(Conflict, match="nothing to set going"):
        footage.act("AF0001", "ann")
    with pytest.raises(NotFound):
        footage.act("AF9999", "ann")
