"""A frame comes from its picture over its caption to what is said around it, and goes on from wherever it is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import pytest
from sqlalchemy import select

from errors import NotFound
from extensions import db, transaction
from models import Footage, FootageEvent, Frame
from services.footage import files, moves, states
from services.footage.problems import StepProblem
from services.footage.work.process_frame import process_frame
from services.media import stored
from tests.footage.conftest import MakeFootage
from tests.footage.contexts import Stopped, TestContext, apply_to_frame, frame
from tests.footage.records import add_frames, add_speech, with_file
from tests.made_media import ffmpeg

MOMENTS = ((0.5, 0.0, 1.0), (1.5, 1.0, 2.0), (2.5, 2.0, 3.0))


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of red, then one of a green sign."""
    folder = tmp_path_factory.mktemp("film")
    sign = cv2.imread(str(_red(folder / "sign.png")))
    assert sign is not None
    sign[:] = (40, 110, 20)
    cv2.putText(sign, "EMERGENCY EXIT", (20, 100), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (255, 255, 255), 2, cv2.LINE_AA)
    cv2.imwrite(str(folder / "sign.png"), sign)
    inputs = ["-f", "lavfi", "-t", "2", "-i", "color=c=red:s=320x180:r=10"]
    still = ["-loop", "1", "-t", "1", "-r", "10", "-i", str(folder / "sign.png")]
    join = ["-filter_complex", "[0:v]format=yuv420p[a];[1:v]format=yuv420p[b];[a][b]concat=n=2"]
    ffmpeg([*inputs, *still, *join, str(folder / "film.mp4")])
    return folder / "film.mp4"


def _red(path: Path) -> Path:
    ffmpeg(["-f", "lavfi", "-i", "color=c=red:s=320x180", "-frames:v", "1", str(path)])
    return path


@pytest.fixture
def frames(make_footage: MakeFootage, film: Path) -> list[int]:
    record = make_footage(status=states.PROCESSING_FRAME_INFO).id
    with_file(record, film, duration_seconds=3.0)
    add_speech(record, (0.2, "the"), (1.2, "river"), (1.6, "runs"), (3.4, "late"))
    return add_frames(record, MOMENTS)


def history(frame_id: int) -> list[tuple[str | None, str]]:
    row = frame(frame_id)
    moved = select(FootageEvent.from_status, FootageEvent.to_status).where(
        FootageEvent.footage_id == row.footage_id, FootageEvent.frame_position == row.position
    )
    return [(event.from_status, event.to_status) for event in db.session.execute(moved.order_by(FootageEvent.id))]


def seen(row: Frame) -> Mapping[str, Any]:
    assert row.seen is not None
    return row.seen


def test_it_goes_through_every_status_and_keeps_all(frames: list[int]) -> None:
    context = TestContext()
    row = apply_to_frame(frames[2], process_frame(frames[2], context))
    assert history(frames[2]) == [
        ("1 - Pending Thumbnail", "2 - Thumbnail Complete"),
        ("2 - Thumbnail Complete", "3 - Caption Generated"),
        ("3 - Caption Generated", "4 - Audio Transcribed"),
    ]
    assert row.thumbnail_key == f"footage/{row.footage_id}/frames/0003.jpg"
    assert b"".join(stored.storage().open(row.thumbnail_key)).startswith(b"\xff\xd8")
    assert seen(row)["text"] == ["EMERGENCY EXIT"]
    assert row.caption is not None
    assert "mostly green" in row.caption
    assert "it reads: “EMERGENCY EXIT”" in row.caption
    assert (row.captioner or "").startswith("local-rapidocr-")
    assert context.shares == sorted(context.shares)
    assert context.shares[-1] == 1.0


def test_it_gives_each_frame_the_words_around_it_and_the_last_one_the_rest(frames: list[int]) -> None:
    said = [apply_to_frame(one, process_frame(one, TestContext())).speech for one in frames]
    assert said == ["the", "river runs", "late"]


def test_it_sees_what_has_changed_though_the_frame_before_is_not_done(frames: list[int]) -> None:
    motions = []
    for one in reversed(frames):
        process_frame(one, TestContext())
        motions.append(seen(frame(one))["motion"])
    assert motions[2] is None
    assert motions[1] == 0.0
    assert motions[0] > 0.1


def test_it_goes_on_from_the_thumbnail_when_it_was_stopped_behind_it(frames: list[int]) -> None:
    _move(frames[0], states.FRAME_PENDING_THUMBNAIL, states.FRAME_THUMBNAIL_COMPLETE)
    apply_to_frame(frames[0], process_frame(frames[0], TestContext()))
    assert [to for _, to in history(frames[0])] == [
        states.FRAME_THUMBNAIL_COMPLETE,
        states.FRAME_CAPTION_GENERATED,
        states.FRAME_AUDIO_TRANSCRIBED,
    ]
    assert frame(frames[0]).caption == "A plain red picture."


def test_it_keeps_the_thumbnail_when_it_is_stopped_at_the_caption(
    frames: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.captioning.load", _stopping)
    with pytest.raises(Stopped):
        process_frame(frames[0], TestContext())
    assert frame(frames[0]).status == states.FRAME_THUMBNAIL_COMPLETE
    monkeypatch.undo()
    assert apply_to_frame(frames[0], process_frame(frames[0], TestContext())).caption == "A plain red picture."


def test_it_only_listens_where_the_caption_is_there(frames: list[int]) -> None:
    _move(frames[1], states.FRAME_PENDING_THUMBNAIL, states.FRAME_THUMBNAIL_COMPLETE)
    _move(frames[1], states.FRAME_THUMBNAIL_COMPLETE, states.FRAME_CAPTION_GENERATED)
    row = apply_to_frame(frames[1], process_frame(frames[1], TestContext()))
    assert (row.status, row.speech, row.caption) == (states.FRAME_AUDIO_TRANSCRIBED, "river runs", None)


def test_it_says_for_good_that_a_picture_cannot_be_read(make_footage: MakeFootage, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film at all" * 100)
    record = with_file(make_footage(status=states.PROCESSING_FRAME_INFO).id, broken)
    (first,) = add_frames(record, MOMENTS[:1])
    with pytest.raises(StepProblem) as e:
        process_frame(first, TestContext())
    assert e.value.is_final
    assert frame(first).status == states.FRAME_PENDING_THUMBNAIL


def test_it_says_for_good_that_the_file_is_lost(frames: list[int]) -> None:
    row = frame(frames[0])
    stored.storage().delete(files.source_key(row.footage_id, "film.mp4"))
    with pytest.raises(StepProblem) as e:
        process_frame(frames[0], TestContext())
    assert (e.value.is_final, e.value.code) == (True, "file_lost")


def test_it_leaves_no_file_of_a_record_that_was_deleted_meanwhile(
    frames: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = frame(frames[0])
    record, key = row.footage_id, files.frame_key(row.footage_id, row.position)
    monkeypatch.setattr("services.footage.frame_pictures.make", lambda *_: _deleted(record, _[2]))
    with pytest.raises(NotFound):
        process_frame(frames[0], TestContext())
    assert not stored.storage().exists(key)


def _deleted(footage_id: str, target: Path) -> None:
    target.write_bytes(b"a picture")
    with transaction() as session:
        session.delete(session.get_one(Footage, footage_id))


def _stopping(_: object) -> None:
    raise Stopped


def _move(frame_id: int, from_status: str, to_status: str) -> None:
    with transaction() as session:
        assert moves.move_frame(session, frame_id, from_status, to_status, TestContext().cause())
