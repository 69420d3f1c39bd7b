"""Streams that there is no decoder for, such as a phone's spatial sound, are told of and left alone."""

from pathlib import Path

import pytest

from services.media.details import details
from services.media.info import NO_PICTURE, UNKNOWN_SOUND, UnusableMedia
from services.media.probe import probe
from services.rendering.footage import look_at
from services.rendering.web import is_playable
from tests.media.makers import PICTURE, TONE, ffmpeg, recording


@pytest.fixture
def spatial(tmp_path: Path) -> Path:
    """The first of its two sounds is of a kind that is not known."""
    path = tmp_path / "phone.mp4"
    ffmpeg(*PICTURE, *TONE, "-t", "2", "-map", "0:v", "-map", "1:a", "-map", "1:a", "-c:a", "aac", path)
    return _renamed(path, (b"mp4a", b"apac"), (b"esds", b"xsds"), times=1)


def _renamed(path: Path, *names: tuple[bytes, bytes], times: int = -1) -> Path:
    content = path.read_bytes()
    for before, after in names:
        content = content.replace(before, after, times)
    path.write_bytes(content)
    return path


def test_it_takes_the_sound_that_it_knows(spatial: Path) -> None:
    assert probe(spatial).audio_codec == "aac"
    kinds = [(stream["kind"], stream.get("codec")) for stream in details(spatial)["streams"]]
    assert kinds == [("video", "h264"), ("audio", None), ("audio", "aac")]


def test_it_shows_a_video_with_the_sound_that_it_knows(spatial: Path) -> None:
    footage = look_at(spatial)
    assert footage.audio_index == 2
    assert is_playable(spatial, footage)


def test_a_video_is_silent_whose_only_sound_it_does_not_know(tmp_path: Path) -> None:
    path = _renamed(recording(tmp_path / "phone.mp4", seconds=2), (b"mp4a", b"apac"), (b"esds", b"xsds"))
    assert probe(path, needs_sound=False).audio_codec is None
    assert look_at(path).audio_index is None
    with pytest.raises(UnusableMedia, match=UNKNOWN_SOUND):
        probe(path)


def test_it_refuses_a_picture_that_it_does_not_know(tmp_path: Path) -> None:
    path = _renamed(recording(tmp_path / "strange.mp4", seconds=2), (b"avc1", b"zzz1"), (b"avcC", b"zzzC"))
    assert [stream["kind"] for stream in details(path)["streams"]] == ["video", "audio"]
    with pytest.raises(UnusableMedia, match=NO_PICTURE):
        probe(path)


@pytest.mark.parametrize("said", ["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00", "soon"])
def test_it_lets_a_date_pass_that_is_none(said: str, tmp_path: Path) -> None:
    path = tmp_path / "clock.mkv"
    ffmpeg(*PICTURE, "-t", "1", "-metadata", f"DATE_RECORDED={said}", path)
    assert details(path)["recorded_at"] is None
