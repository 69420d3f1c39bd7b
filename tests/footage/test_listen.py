"""What is said in footage is kept piece by piece, and no footage stops because nothing is."""

from pathlib import Path

import pytest
from sqlalchemy import select

from errors import Conflict
from extensions import db
from models import Footage, FootageSpeech, FootageSpeechPart
from services.footage import states
from services.footage.work.listen import listen
from services.transcribing import language
from tests.episodes.processing import FakeEngine
from tests.footage.conftest import MakeFootage
from tests.footage.contexts import Stopped, TestContext, apply, footage
from tests.footage.records import with_file
from tests.media.makers import without_sound

SPANS = [(0.0, 1.0), (1.0, 2.0), (2.0, 4.0)]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """Listens to three pieces."""
    fake = FakeEngine()
    monkeypatch.setattr("services.transcribing.load", lambda _: fake)
    monkeypatch.setattr("services.transcribing.pieces.split", lambda _: SPANS)
    return fake


@pytest.fixture
def record(make_footage: MakeFootage, clip: Path) -> str:
    made: Footage = make_footage(status=states.CREATING_FRAMES)
    return with_file(made.id, clip, duration_seconds=4.0, audio_codec="aac")


def speech(footage_id: str) -> FootageSpeech:
    return db.session.get_one(FootageSpeech, footage_id, populate_existing=True)


def parts(footage_id: str) -> list[float]:
    db.session.rollback()
    kept = select(FootageSpeechPart.start_seconds).where(FootageSpeechPart.footage_id == footage_id)
    return sorted(db.session.scalars(kept))


def test_it_keeps_what_is_said_and_moves_on(record: str, engine: FakeEngine) -> None:
    context = TestContext()
    done = listen(record, context)
    assert parts(record) == [0.0, 1.0, 2.0]
    assert apply(record, done).status == states.PROCESSING_FRAME_INFO
    assert footage(record).language == "en"
    assert (speech(record).text, speech(record).engine) == ("river river river\n", "fake")
    assert [segment["start"] for segment in speech(record).segments] == [0.0, 1.0, 2.0]
    assert done.note == "3 words were heard."
    assert parts(record) == []
    assert context.shares == sorted(context.shares)
    assert context.shares[-1] == 1.0


def test_it_goes_on_behind_the_pieces_that_were_kept(record: str, engine: FakeEngine) -> None:
    def stop(start_seconds: float) -> None:
        if start_seconds == 2.0:
            raise Stopped

    engine.before = stop
    with pytest.raises(Stopped):
        listen(record, TestContext())
    engine.before = lambda _: None
    apply(record, listen(record, TestContext()))
    assert engine.heard == [0.0, 1.0, 2.0]
    assert speech(record).text == "river river river\n"


def test_it_gives_the_same_when_run_twice(record: str, engine: FakeEngine) -> None:
    listen(record, TestContext())
    apply(record, listen(record, TestContext()))
    assert engine.heard == [0.0, 1.0, 2.0]
    assert len(speech(record).segments) == 3


def test_it_stops_at_once_when_told_to(record: str, engine: FakeEngine) -> None:
    with pytest.raises(Stopped):
        listen(record, TestContext(stop_at=1))
    assert engine.heard == []


def test_it_says_that_there_is_no_sound_and_goes_on(make_footage: MakeFootage, tmp_path: Path) -> None:
    record = make_footage(status=states.SCRAPING_URL).id
    with_file(record, without_sound(tmp_path / "silent.mp4"), duration_seconds=2.0, audio_codec=None)
    done = listen(record, TestContext())
    assert apply(record, done).status == states.PROCESSING_FRAME_INFO
    assert done.note == "It has no sound track, so there was nothing to listen to."
    assert (speech(record).text, speech(record).segments) == ("", [])


def test_it_goes_on_where_the_sound_cannot_be_read(make_footage: MakeFootage, tmp_path: Path) -> None:
    record = make_footage(status=states.CREATING_FRAMES).id
    with_file(record, without_sound(tmp_path / "odd.mp4"), duration_seconds=2.0, audio_codec="aac")
    done = listen(record, TestContext())
    assert done.note.startswith("Its sound could not be read: ffmpeg could not do it")
    assert apply(record, done).status == states.PROCESSING_FRAME_INFO


def test_it_goes_on_without_words_that_it_did_not_understand(record: str, engine: FakeEngine) -> None:
    engine.language = language.UNDETERMINED
    done = listen(record, TestContext())
    assert done.note.startswith("Speech was heard but not understood by fake")
    assert apply(record, done).language == language.UNDETERMINED
    assert speech(record).text == ""


def test_it_leaves_a_record_alone_that_was_moved_on(record: str, engine: FakeEngine) -> None:
    def move(start_seconds: float) -> None:
        footage(record).status = states.PROCESSING_FRAME_INFO
        db.session.commit()

    engine.before = move
    with pytest.raises(Conflict, match="moved on by somebody else"):
        listen(record, TestContext())
