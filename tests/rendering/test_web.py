"""A whole recording becomes playable in browsers, with as little coding as can be, and has a poster."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from services.media import ffmpeg
from services.rendering.web import make_poster, make_web_ready
from tests.rendering.recordings import Seen, frames_of, make_recording


def _tracks(path: Path) -> tuple[str, str | None, str]:
    with av.open(str(path)) as container:
        picture, sound = container.streams.video[0].codec_context, container.streams.audio[0].codec_context
        return picture.name, picture.pix_fmt, sound.name


def test_it_only_repacks_what_browsers_play(tmp_path: Path) -> None:
    source = make_recording(tmp_path / "talk.mkv", frames=50, options=["-c:a", "aac"])
    shares: list[float] = []
    made = make_web_ready(source, tmp_path / "web.mp4", on_progress=shares.append)
    before, after = frames_of(source), frames_of(tmp_path / "web.mp4")
    assert all((one.grey == other.grey).all() for one, other in zip(before, after, strict=True))
    assert (made.width, made.height) == (320, 180)
    assert shares[-1] == 1.0
    data = (tmp_path / "web.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("odd.mkv", ["-vf", "scale=321:181", "-pix_fmt", "yuv444p"]),
        ("old.avi", ["-c:v", "mpeg4", "-c:a", "mp2"]),
        ("deep.mkv", ["-pix_fmt", "yuv420p10le"]),
        ("free.webm", ["-c:v", "libvpx", "-c:a", "libvorbis"]),
    ],
)
def test_it_recodes_what_they_do_not(name: str, options: list[str], tmp_path: Path) -> None:
    source = make_recording(tmp_path / name, frames=20, options=options)
    made = make_web_ready(source, tmp_path / "web.mp4")
    assert _tracks(tmp_path / "web.mp4") == ("h264", "yuv420p", "aac")
    assert made.width % 2 == made.height % 2 == 0
    assert made.duration_seconds == pytest.approx(0.8, abs=0.09)


@pytest.mark.parametrize("name", ["in_order_of_decoding.avi", "without_times.mpg"])
def test_it_shows_frames_in_order_where_the_container_does_not_say_when(name: str, tmp_path: Path) -> None:
    source = make_recording(tmp_path / name, frames=20, options=["-c:v", "libx264", "-bf", "2"], sound=None)
    make_web_ready(source, tmp_path / "web.mp4")
    frames = frames_of(tmp_path / "web.mp4")
    assert [frame.number for frame in frames] == list(range(20))
    gaps = np.diff([frame.seconds for frame in frames])
    assert gaps == pytest.approx(0.04, abs=0.001)


def test_it_makes_large_ones_smaller(tmp_path: Path) -> None:
    source = make_recording(tmp_path / "large.mp4", frames=3, options=["-vf", "scale=1440:2560"], sound=None)
    made = make_web_ready(source, tmp_path / "web.mp4")
    assert (made.width, made.height) == (1080, 1920)


@pytest.mark.parametrize(("at_seconds", "number"), [(0.0, 0), (1.0, 25), (1.013, 25), (99.0, 49)])
def test_it_makes_a_poster_of_that_moment(at_seconds: float, number: int, tmp_path: Path) -> None:
    source = make_recording(tmp_path / "talk.mp4", frames=50)
    make_poster(source, tmp_path / "poster.jpg", at_seconds)
    with Image.open(tmp_path / "poster.jpg") as poster:
        assert (poster.format, poster.size) == ("JPEG", (320, 180))
        seen = Seen(0.0, np.asarray(poster.convert("L")), np.asarray(poster))
    assert seen.number == number


def test_it_makes_a_web_ready_file_of_a_turned_one(tmp_path: Path) -> None:
    plain = make_recording(tmp_path / "plain.mp4", frames=10)
    turned = tmp_path / "turned.mov"
    ffmpeg.make(turned, ["-display_rotation", "90", *ffmpeg.reading(plain), "-c", "copy"], duration_seconds=1)
    made = make_web_ready(turned, tmp_path / "web.mp4")
    assert (made.width, made.height) == (180, 320)
