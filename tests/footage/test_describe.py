"""The last step: a record with frames is described, embedded and complete, also after a kill, also if frames failed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select

import clock
from extensions import db, transaction
from models import Footage, FootageEvent, FootageSpeech, Frame, User
from services import describing
from services.footage import states
from services.footage.work.describe import describe
from tests.footage.contexts import Stopped, TestContext, apply, footage

ID = "AF0001"
SAID = "The river is high this spring. We will open the gates of the lock at noon."


def _frame(position: int, **columns: Any) -> Frame:
    now = clock.now()
    given = {
        "footage_id": ID,
        "position": position,
        "at_seconds": position,
        "start_seconds": position,
        "end_seconds": position + 1,
        "status": states.FRAME_AUDIO_TRANSCRIBED,
        "caption": "A bright picture, mostly blue.",
        "captioner": "local-ocr",
        "seen": {"text": ["LOCK 7"], "colours": [{"name": "blue", "hex": "#2233ff", "share": 0.8}]},
        "speech": SAID,
        "entered_at": now,
        "created_at": now,
        "updated_at": now,
    }
    return Frame(**(given | columns))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    if request.param == "sqlite":
        return sqlite_url
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def record(app: Flask, owner: User) -> None:
    """At step 6, with three frames, the last of which has failed for good."""
    now = clock.now()
    times = {"entered_at": now, "created_at": now, "updated_at": now}
    with transaction() as session:
        words = {"title": "IMG_0042", "description": "A lock on the river.", "keywords": ["Locks"]}
        session.add(Footage(id=ID, owner_id=owner.id, status=states.PROCESSING_FRAME_INFO, **words, **times))
        session.flush()
        heard = [{"start": 0.0, "end": 4.0, "text": SAID, "words": [], "speaker": None}]
        session.add(FootageSpeech(footage_id=ID, engine="e", segments=heard, text=SAID, created_at=now))
        session.add_all([_frame(1), _frame(2), _frame(3, status=states.FAILED, resume_status="x", caption=None)])


def frames() -> list[Frame]:
    return list(db.session.scalars(select(Frame).order_by(Frame.position).execution_options(populate_existing=True)))


@pytest.mark.usefixtures("record")
def test_it_completes_a_record_with_what_was_made_of_it() -> None:
    done = apply(ID, describe(ID, TestContext()))
    assert done.status == states.COMPLETE
    assert done.made_title == "A lock on the river"
    assert done.made_description is not None
    assert done.made_description.startswith("A lock on the river.")
    assert "LOCK 7" in done.made_description
    assert done.tags[0] == "locks"
    assert done.describer == "local-extractive-1"


@pytest.mark.usefixtures("record")
def test_it_embeds_the_record_and_its_frames_as_unit_vectors() -> None:
    done = apply(ID, describe(ID, TestContext()))
    assert {frame.embedder for frame in frames()[:2]} == {done.embedder}
    for embedding in (done.embedding, *(frame.embedding for frame in frames()[:2])):
        assert embedding is not None
        assert np.linalg.norm(np.frombuffer(embedding, "<f4")) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.usefixtures("record")
def test_it_leaves_failed_frames_out_and_says_so() -> None:
    apply(ID, describe(ID, TestContext()))
    assert [frame.status for frame in frames()] == [states.FRAME_COMPLETE, states.FRAME_COMPLETE, states.FAILED]
    assert frames()[2].embedding is None
    notes = db.session.scalars(select(FootageEvent.note).where(FootageEvent.to_status == states.GENERATING_EMBEDDINGS))
    assert notes.all() == ["Left out, for their work failed for good: frame 3."]


@pytest.mark.usefixtures("record")
def test_it_lets_the_frames_leave_their_status_together_with_the_record() -> None:
    with pytest.raises(Stopped):
        describe(ID, TestContext(stop_at=2))
    assert footage(ID).status == states.GENERATING_EMBEDDINGS
    assert [frame.status for frame in frames()[:2]] == [states.FRAME_GENERATING_EMBEDDINGS] * 2


@pytest.mark.usefixtures("record")
def test_it_goes_on_after_a_kill_without_describing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Stopped):
        describe(ID, TestContext(stop_at=2))
    monkeypatch.setattr(describing, "load", _must_not_be_asked)
    assert apply(ID, describe(ID, TestContext())).status == states.COMPLETE


@pytest.mark.usefixtures("record")
def test_it_writes_nothing_if_it_is_stopped_before_its_words_are_kept() -> None:
    with pytest.raises(Stopped):
        describe(ID, TestContext(stop_at=1))
    assert footage(ID).status == states.PROCESSING_FRAME_INFO
    assert footage(ID).made_title is None


def test_it_completes_a_record_without_frames_and_speech(make_footage: Callable[..., Footage]) -> None:
    made = make_footage(status=states.PROCESSING_FRAME_INFO, title="", duration_seconds=4.0)
    done = apply(made.id, describe(made.id, TestContext()))
    assert (done.status, done.made_title) == (states.COMPLETE, "Footage of 4 seconds")


def _must_not_be_asked(_: object) -> describing.Describer:
    raise AssertionError("It was described a second time.")
