"""The second step makes a poster of a telling moment, and a contact sheet."""

from pathlib import Path

import pytest
from PIL import Image, ImageStat

from models import Footage
from services.footage import states
from services.footage.work.file_info import file_info
from services.footage.work.thumbnails import thumbnails
from services.media import stored
from tests.footage.conftest import MakeFootage
from tests.footage.contexts import TestContext, apply
from tests.media.makers import PICTURE, ffmpeg


@pytest.fixture
def black_at_first(tmp_path: Path) -> Path:
    """Three seconds of black, then one of a test picture."""
    path = tmp_path / "black.mp4"
    black = "color=black:size=160x120:rate=10:duration=3"
    ffmpeg("-f", "lavfi", "-i", black, *PICTURE, "-filter_complex", "[1]trim=0:1[b];[0][b]concat", path)
    return path


def _thumbnailed(row: Footage) -> Footage:
    apply(row.id, file_info(row.id, TestContext()))
    return apply(row.id, thumbnails(row.id, TestContext()))


def _image(key: str | None) -> Image.Image:
    with stored.storage().local_copy(key or "") as path, Image.open(path) as image:
        image.load()
        return image


def test_it_makes_both(make_footage: MakeFootage, clip: Path) -> None:
    row = _thumbnailed(make_footage(clip))
    assert row.status == states.THUMBNAILS_COMPLETE
    assert _image(row.poster_key).size == (160, 120)
    assert _image(row.sheet_key).size == (4 * 164 + 4, 4 * 124 + 4)


def test_it_shows_no_black_poster(make_footage: MakeFootage, black_at_first: Path) -> None:
    row = _thumbnailed(make_footage(black_at_first))
    assert ImageStat.Stat(_image(row.poster_key).convert("L")).mean[0] > 50


def test_it_has_a_poster_of_what_is_all_black(make_footage: MakeFootage, tmp_path: Path) -> None:
    path = tmp_path / "night.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=black:size=160x120:rate=10:duration=1", path)
    assert _image(_thumbnailed(make_footage(path)).poster_key).size == (160, 120)


def test_it_shows_a_single_picture_once(make_footage: MakeFootage, tmp_path: Path) -> None:
    path = tmp_path / "one.mp4"
    ffmpeg(*PICTURE, "-frames:v", "1", path)
    assert _image(_thumbnailed(make_footage(path)).sheet_key).size == (168, 128)


def test_it_is_upright(make_footage: MakeFootage, clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "turned.mp4"
    ffmpeg("-display_rotation", "90", "-i", clip, "-c", "copy", path)
    assert _image(_thumbnailed(make_footage(path)).poster_key).size == (120, 160)


def test_it_does_it_twice_without_harm(make_footage: MakeFootage, clip: Path) -> None:
    row = make_footage(clip)
    apply(row.id, file_info(row.id, TestContext()))
    thumbnails(row.id, TestContext())
    apply(row.id, thumbnails(row.id, TestContext()))
    assert len(stored.storage().list()) == 3
