"""Single pictures of a recording are those that a player shows, upright."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from services.media.ffmpeg import MediaError
from services.media.pictures import pictures_of
from tests.media.makers import ffmpeg, only_sound, recording

RED_THEN_BLUE = (
    "color=red:size=160x120:rate=10:duration=2[a];color=blue:size=160x120:rate=10:duration=2[b];[a][b]concat"
)


@pytest.fixture(scope="module")
def two_colours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Red up to 2 s, then blue up to 4 s; the only key frame is the first."""
    path = tmp_path_factory.mktemp("colours") / "a.mp4"
    ffmpeg("-f", "lavfi", "-i", RED_THEN_BLUE, "-g", "1000", "-sc_threshold", "0", path)
    return path


@pytest.mark.parametrize(
    ("at_seconds", "colour"), [(0, "red"), (1.95, "red"), (2.0, "blue"), (3.9, "blue"), (99, "blue")]
)
def test_it_shows_what_is_on_screen(two_colours: Path, at_seconds: float, colour: str) -> None:
    with pictures_of(two_colours) as pictures:
        red, _, blue = ImageStat.Stat(pictures.at(at_seconds, longer_px=80)).mean
    assert (red > 200, blue > 200) == (colour == "red", colour == "blue")


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_it_turns_as_ffmpeg_does(tmp_path: Path, degrees: int) -> None:
    path, shown = tmp_path / "a.mp4", tmp_path / "shown.png"
    ffmpeg("-display_rotation", str(degrees), "-i", recording(tmp_path / "plain.mp4"), "-c", "copy", path)
    ffmpeg("-i", path, "-frames:v", "1", shown)
    with pictures_of(path) as pictures, Image.open(shown) as expected:
        found = pictures.at(0, longer_px=160)
        assert found.size == expected.size
        difference = ImageChops.difference(found, expected.convert("RGB"))
    assert max(ImageStat.Stat(difference).mean) < 12


def test_it_makes_pixels_square(tmp_path: Path) -> None:
    path = recording(tmp_path / "wide.mp4", "-vf", "setsar=2/1")
    with pictures_of(path) as pictures:
        assert pictures.at(1, longer_px=1000).size == (320, 120)


def test_it_says_that_there_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(MediaError), pictures_of(only_sound(tmp_path / "sound.mp4")):
        pass


def test_it_goes_on_from_one_picture_to_the_next(two_colours: Path) -> None:
    decoded: list[None] = []
    with pictures_of(two_colours, lambda: decoded.append(None)) as pictures:
        reds = [ImageStat.Stat(pictures.at(tenth / 10, longer_px=80)).mean[0] > 200 for tenth in range(40)]
    assert reds == [True] * 20 + [False] * 20
    assert len(decoded) <= 42


def test_it_goes_back(two_colours: Path) -> None:
    with pictures_of(two_colours) as pictures:
        reds = [ImageStat.Stat(pictures.at(seconds, longer_px=80)).mean[0] > 200 for seconds in (3, 1, 3.5, 0.5)]
    assert reds == [False, True, False, True]


def test_it_takes_a_little_earlier_one_where_that_will_do(two_colours: Path) -> None:
    with pictures_of(two_colours) as pictures:
        when, image = pictures.near(2.5, within_seconds=1.0, longer_px=80)
    assert when == pytest.approx(1.5)
    assert ImageStat.Stat(image).mean[0] > 200
