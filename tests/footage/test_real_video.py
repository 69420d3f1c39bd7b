"""The first steps take a real film: what it is, a poster and a sheet of it, and its frames."""

import pytest
from PIL import Image
from sqlalchemy import select

from extensions import db
from models import Frame
from services.footage import states
from services.footage.work.create_frames import create_frames
from services.footage.work.file_info import file_info
from services.footage.work.thumbnails import thumbnails
from services.media import stored
from tests.footage.conftest import MakeFootage
from tests.footage.contexts import TestContext, apply
from tests.real_video import big_buck_bunny


def _size(key: str | None) -> tuple[int, int]:
    with stored.storage().local_copy(key or "") as path, Image.open(path) as image:
        image.load()
        return image.size


def test_it_takes_a_real_film_to_its_frames(make_footage: MakeFootage) -> None:
    footage_id = make_footage(big_buck_bunny()).id
    row = apply(footage_id, file_info(footage_id, TestContext()))
    assert (row.width, row.height, row.frames_per_second) == (1280, 720, 25.0)
    assert (row.video_codec, row.audio_codec) == ("h264", "aac")
    assert row.duration_seconds == pytest.approx(5.3, abs=0.1)
    row = apply(footage_id, thumbnails(footage_id, TestContext()))
    for width, height in (_size(row.poster_key), _size(row.sheet_key)):
        assert width * 9 == pytest.approx(height * 16, rel=0.05)
    row = apply(footage_id, create_frames(footage_id, TestContext()))
    assert row.status == states.CREATING_FRAMES
    moments = db.session.scalars(select(Frame.at_seconds).where(Frame.footage_id == footage_id)).all()
    assert moments
    assert all(0 <= moment <= 5.3 for moment in moments)
