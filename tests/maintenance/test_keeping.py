"""The janitor holds queues back while a window is open, and people have the last word."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from extensions import db, db_now, transaction
from models import AuditEntry, MaintenanceHold, MaintenanceWindow, QueueState
from services.jobs import pauses
from services.maintenance import keeping
from services.maintenance.calendar import Span
from tests.maintenance.conftest import OpenWindow, paused


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    postgres = request.param == "postgresql"
    return str(request.getfixturevalue("postgres_url")) if postgres else f"sqlite:///{tmp_path / 'test.db'}"


HELD = ("a maintenance window", "Backup")


def test_it_pauses_the_queues_of_what_is_open_until_it_closes(open_window: OpenWindow) -> None:
    open_window(queues=["low", "default"])
    open_window("Later", began_minutes_ago=-30, queues=["high"])
    keeping.keep()
    assert paused() == {"low": HELD, "default": HELD}
    assert pauses.resume_due() == []


def test_the_janitor_resumes_them_once_it_is_over(open_window: OpenWindow) -> None:
    open_window()
    keeping.keep()
    with transaction() as session:
        session.execute(update(QueueState).values(until=db_now() - 1))
    assert pauses.resume_due() == ["low"]


def test_it_does_so_once_though_it_looks_again_and_again(open_window: OpenWindow) -> None:
    open_window()
    for _ in range(3):
        keeping.keep()
    said = db.session.scalars(db.select(AuditEntry.action).where(AuditEntry.action == "pause")).all()
    assert said == ["pause"]


def test_who_resumes_a_queue_meanwhile_has_it_run(open_window: OpenWindow) -> None:
    open_window()
    keeping.keep()
    pauses.resume(["low"], by="Otto")
    keeping.keep()
    assert paused() == {}


def test_a_persons_own_pause_stays_theirs_and_outlives_the_window(open_window: OpenWindow) -> None:
    pauses.pause(["low"], by="Otto", reason="Moving house")
    window_id = open_window()
    keeping.keep()
    assert paused() == {"low": ("Otto", "Moving house")}
    keeping.end_early(window_id, by="Otto")
    assert paused() == {"low": ("Otto", "Moving house")}


def test_a_shorter_pause_is_lengthened(open_window: OpenWindow) -> None:
    pauses.pause(["low"], by="Otto", for_seconds=60)
    open_window()
    keeping.keep()
    assert paused() == {"low": HELD}


def test_it_can_be_ended_early(open_window: OpenWindow) -> None:
    window_id = open_window()
    keeping.keep()
    assert keeping.end_early(window_id, by="Otto")
    keeping.keep()
    assert paused() == {}
    assert not keeping.end_early(window_id, by="Otto")


def test_what_another_window_holds_as_well_stays_held(open_window: OpenWindow) -> None:
    backup = open_window(minutes=120)
    open_window("Upgrade", minutes=60)
    keeping.keep()
    assert paused() == {"low": HELD}
    keeping.end_early(backup, by="Otto")
    assert paused() == {"low": ("a maintenance window", "Upgrade")}


def test_of_two_that_overlap_the_later_end_counts(open_window: OpenWindow) -> None:
    backup = open_window(minutes=60)
    open_window("Upgrade", minutes=120)
    keeping.keep()
    assert paused() == {"low": ("a maintenance window", "Upgrade")}
    keeping.end_early(backup, by="Otto")
    assert paused() == {"low": ("a maintenance window", "Upgrade")}


def test_removing_one_lets_go_of_its_queues(app: Flask, open_window: OpenWindow) -> None:
    window_id = open_window()
    keeping.keep()
    keeping.remove(window_id, by="Otto")
    keeping.keep()
    assert paused() == {}
    assert db.session.scalars(db.select(MaintenanceHold)).all() == []


def test_nobody_holds_a_queue_for_a_window_while_it_is_ended(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the janitor might hold one between the look at what is held and the end, and nobody would let go of it."""
    window_id = open_window()
    keeping.keep()
    held_by = keeping._held_by

    def look_while_a_janitor_tries(session: Session, window_id: int, span: Span) -> list[str]:
        if db.engine.dialect.name == "postgresql":  # SQLite has but one that writes
            row = select(MaintenanceWindow.id).where(MaintenanceWindow.id == window_id).with_for_update(nowait=True)
            with db.engine.connect() as janitor, pytest.raises(OperationalError, match="could not obtain lock"):
                janitor.execute(row)
        return held_by(session, window_id, span)

    monkeypatch.setattr(keeping, "_held_by", look_while_a_janitor_tries)
    assert keeping.end_early(window_id, by="Otto")
    assert paused() == {}
