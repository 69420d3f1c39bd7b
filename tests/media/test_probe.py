"""A file is told for what it is before anything is done with it."""

from pathlib import Path

import pytest

from services.media.info import UnusableMedia
from services.media.probe import probe
from tests.media.makers import cut_off, ffmpeg, only_sound, recording, without_sound

KINDS = {".mp4": "h264", ".mov": "h264", ".mkv": "h264", ".webm": "vp8", ".avi": "mpeg4", ".ts": "h264"}
FASTSTART = ("-movflags", "+faststart")
FRAGMENTED = ("-movflags", "frag_keyframe+empty_moov")


def code_of(path: Path) -> str:
    with pytest.raises(UnusableMedia) as refused:
        probe(path)
    return refused.value.code


@pytest.mark.parametrize(("suffix", "codec"), KINDS.items())
def test_it_tells_what_a_recording_is(tmp_path: Path, suffix: str, codec: str) -> None:
    path = recording(tmp_path / f"a{suffix}")
    found = probe(path)
    assert (found.width, found.height, found.frames_per_second) == (160, 120, 10.0)
    assert (found.video_codec, found.size_bytes) == (codec, path.stat().st_size)
    assert found.duration_seconds == pytest.approx(4.0, abs=0.2)


def test_it_tells_the_size_as_it_is_shown(tmp_path: Path) -> None:
    turned = tmp_path / "turned.mp4"
    ffmpeg("-display_rotation", "90", "-i", recording(tmp_path / "a.mp4"), "-c", "copy", turned)
    assert (probe(turned).width, probe(turned).height) == (120, 160)


def test_it_measures_what_does_not_say_how_long_it_is(tmp_path: Path) -> None:
    live = recording(tmp_path / "live.mkv", "-live", "1")
    assert probe(live).duration_seconds == pytest.approx(4.0, abs=0.2)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm", ".avi"])
def test_it_notices_that_the_end_is_missing(tmp_path: Path, suffix: str) -> None:
    assert code_of(cut_off(recording(tmp_path / f"a{suffix}", seconds=8))) == "truncated"


@pytest.mark.parametrize("flags", [FASTSTART, FRAGMENTED], ids=["faststart", "fragmented"])
def test_it_notices_that_the_end_of_another_kind_of_mp4_is_missing(tmp_path: Path, flags: tuple[str, ...]) -> None:
    assert code_of(cut_off(recording(tmp_path / "a.mp4", *flags, seconds=8))) == "truncated"


def test_it_notices_that_a_few_bytes_are_missing(tmp_path: Path) -> None:
    assert code_of(cut_off(recording(tmp_path / "a.mp4"), 0.99)) == "truncated"


def test_it_notices_that_there_is_no_sound(tmp_path: Path) -> None:
    assert code_of(without_sound(tmp_path / "a.mp4")) == "no_audio_track"


def test_it_notices_that_a_file_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.touch()
    assert code_of(path) == "empty_file"


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", ".avi"])
def test_it_notices_that_there_is_not_a_moment_in_it(tmp_path: Path, suffix: str) -> None:
    assert code_of(recording(tmp_path / f"a{suffix}", seconds=0)) == "zero_length"


@pytest.mark.parametrize("name", ["a.mp3", "a.wav", "a.png"])
def test_it_takes_nothing_else_for_a_video(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "a.png":
        ffmpeg("-f", "lavfi", "-i", "testsrc2=size=160x120", "-frames:v", "1", path)
    else:
        only_sound(path)
    assert code_of(path) == "not_a_video"


def test_it_does_not_take_the_cover_of_a_record_for_a_video(tmp_path: Path) -> None:
    cover, song = tmp_path / "cover.png", tmp_path / "song.mp3"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=160x120", "-frames:v", "1", cover)
    only_sound(song)
    ffmpeg("-i", song, "-i", cover, "-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic",
           tmp_path / "covered.mp3")  # fmt: skip
    assert code_of(tmp_path / "covered.mp3") == "not_a_video"


@pytest.mark.parametrize("content", [b"hello\n", bytes(range(256)) * 400, b"\0" * 4096])
def test_it_takes_no_other_bytes_for_a_video(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    assert code_of(path) == "not_a_video"


def test_it_follows_no_list_to_another_file(tmp_path: Path) -> None:
    recording(tmp_path / "a.ts")
    lists = {
        "a.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\na.ts\n#EXT-X-ENDLIST\n",
        "a.ffconcat": "ffconcat version 1.0\nfile a.ts\n",
    }
    for name, text in lists.items():
        (tmp_path / name).write_text(text)
        assert code_of(tmp_path / name) == "not_a_video"
