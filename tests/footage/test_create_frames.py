"""The third step makes a frame of each shot, once."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from extensions import db, transaction
from models import Footage, FootageEvent, Frame
from services.footage import states
from services.footage.work.create_frames import create_frames
from services.footage.work.file_info import file_info
from tests.footage.conftest import MakeFootage
from tests.footage.contexts import TestContext, apply
from tests.media.makers import PICTURE, ffmpeg

COLOURS = ("red", "green", "blue")


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"max_frames": 5}


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Three shots of two seconds each."""
    path = tmp_path / "shots.mp4"
    each = ";".join(f"color={name}:size=160x120:rate=10:duration=2[{name}]" for name in COLOURS)
    ffmpeg("-f", "lavfi", "-i", f"{each};[red][green][blue]concat=n=3", path)
    return path


def _ready(row: Footage) -> str:
    apply(row.id, file_info(row.id, TestContext()))
    with transaction() as session:
        session.get_one(Footage, row.id).status = states.THUMBNAILS_COMPLETE
    return row.id


def _frames(footage_id: str) -> list[Frame]:
    return list(db.session.scalars(select(Frame).where(Frame.footage_id == footage_id).order_by(Frame.position)))


def test_it_makes_a_frame_of_each_shot(make_footage: MakeFootage, shots: Path) -> None:
    footage_id, context = _ready(make_footage(shots)), TestContext("create_frames")
    row = apply(footage_id, create_frames(footage_id, context), context)
    frames = _frames(footage_id)
    assert row.status == states.CREATING_FRAMES
    assert [(frame.position, frame.status) for frame in frames] == [
        (n, states.FRAME_PENDING_THUMBNAIL) for n in (1, 2, 3)
    ]
    assert [frame.start_seconds for frame in frames] == pytest.approx([0.0, 2.0, 4.0])
    assert [frame.at_seconds for frame in frames] == pytest.approx([0.5, 2.5, 4.5])
    assert frames[-1].end_seconds == row.duration_seconds
    assert context.shares[-1] == 1.0


def test_it_writes_their_history(make_footage: MakeFootage, shots: Path) -> None:
    footage_id = _ready(make_footage(shots))
    apply(footage_id, create_frames(footage_id, TestContext()))
    of_frames = select(FootageEvent.frame_position).where(FootageEvent.frame_position.is_not(None))
    assert db.session.scalars(of_frames.order_by(FootageEvent.id)).all() == [1, 2, 3]


def test_it_makes_them_once(make_footage: MakeFootage, shots: Path) -> None:
    footage_id = _ready(make_footage(shots))
    done = create_frames(footage_id, TestContext())
    with transaction() as session:
        done.also(session)
    apply(footage_id, create_frames(footage_id, TestContext()))
    assert db.session.scalar(select(func.count()).select_from(Frame)) == 3


def test_it_makes_no_more_than_it_may(make_footage: MakeFootage, tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    ffmpeg(*PICTURE, "-t", "61", "-preset", "ultrafast", path)
    footage_id = _ready(make_footage(path))
    apply(footage_id, create_frames(footage_id, TestContext()))
    assert len(_frames(footage_id)) == 5


def test_it_makes_one_of_a_single_picture(make_footage: MakeFootage, tmp_path: Path) -> None:
    path = tmp_path / "one.mp4"
    ffmpeg(*PICTURE, "-frames:v", "1", path)
    footage_id = _ready(make_footage(path))
    apply(footage_id, create_frames(footage_id, TestContext()))
    assert [frame.position for frame in _frames(footage_id)] == [1]
