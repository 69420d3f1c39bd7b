"""A record and its frames go to wait together, and come back together."""

import pytest
from flask import Flask
from sqlalchemy import select

import clock
from extensions import db, transaction
from models import Footage, FootageEvent, Frame, User
from services.footage import awaiting, states
from services.footage.moves import Cause
from tests.footage.contexts import footage

ID = "AF0001"
JUDGEMENT = {"score": 0, "is_good": False, "reasons": ["There is no title."], "judged_at": 1.0}


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    if request.param == "sqlite":
        return sqlite_url
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(autouse=True)
def _with_three_frames(app: Flask, owner: User) -> None:
    now = clock.now()
    times = {"entered_at": now, "created_at": now, "updated_at": now}
    with transaction() as session:
        session.add(Footage(id=ID, owner_id=owner.id, status=states.CREATING_FRAMES, **times))
        session.flush()
        for position in (1, 2, 3):
            session.add(
                Frame(
                    footage_id=ID,
                    position=position,
                    at_seconds=position,
                    start_seconds=position,
                    end_seconds=position + 1,
                    status=states.FRAME_PENDING_THUMBNAIL,
                    **times,
                )
            )


def _send() -> bool:
    with transaction() as session:
        return awaiting.send_to_wait(session, ID, Cause(note="Too little."), "Write a title.", JUDGEMENT)


def _resume() -> bool:
    with transaction() as session:
        return awaiting.resume(session, ID, Cause(by="Ada"))


def _frames() -> list[tuple[str, str | None]]:
    rows = db.session.execute(select(Frame.status, Frame.resume_status).order_by(Frame.position)).all()
    return [(status, resume) for status, resume in rows]


def test_they_go_together() -> None:
    assert _send()
    row = footage(ID)
    assert (row.status, row.resume_status) == (states.AWAITING_USER_INPUT, states.CREATING_FRAMES)
    assert (row.awaits, row.judgement) == ("Write a title.", JUDGEMENT)
    assert _frames() == [(states.AWAITING_USER_INPUT, states.FRAME_PENDING_THUMBNAIL)] * 3


def test_they_come_back_together() -> None:
    _send()
    assert _resume()
    row = footage(ID)
    assert (row.status, row.resume_status, row.awaits) == (states.CREATING_FRAMES, None, None)
    assert _frames() == [(states.FRAME_PENDING_THUMBNAIL, None)] * 3


def test_it_is_done_once_however_often_it_is_told() -> None:
    assert [_send(), _send()] == [True, False]
    assert [_resume(), _resume()] == [True, False]


def test_it_leaves_the_frames_of_a_record_that_went_on() -> None:
    with transaction() as session:
        session.get_one(Footage, ID).status = states.PROCESSING_FRAME_INFO
    assert not _send()
    assert _frames() == [(states.FRAME_PENDING_THUMBNAIL, None)] * 3


def test_each_move_is_in_the_history() -> None:
    _send()
    _resume()
    events = db.session.scalars(select(FootageEvent).order_by(FootageEvent.id)).all()
    assert [event.frame_position for event in events] == [None, 1, 2, 3] * 2
    assert {event.by for event in events[4:]} == {"Ada"}
    assert {event.note for event in events[:4]} == {"Too little."}
