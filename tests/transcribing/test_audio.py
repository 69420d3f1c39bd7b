"""Sound is taken out of a recording in time with its picture, and cut exact to the sample."""

from pathlib import Path

import numpy as np
import pytest

from services.media.ffmpeg import MediaError
from services.transcribing import audio
from tests.made_media import ffmpeg
from tests.transcribing.conftest import write_wav


def video(path: Path, *more: str) -> Path:
    """Two seconds, with a tone in the second one."""
    tone = "sine=frequency=440:sample_rate=44100:duration=1,adelay=1000:all=1,pan=stereo|c0=c0|c1=c0"
    ffmpeg(
        ["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=2", "-f", "lavfi", "-i", tone, *more, str(path)]
    )
    return path


def test_it_makes_mono_of_any_sound(tmp_path: Path) -> None:
    shares: list[float] = []
    audio.extract(video(tmp_path / "in.mp4"), tmp_path / "out.wav", on_progress=shares.append)
    levels = audio.levels(tmp_path / "out.wav")
    assert audio.duration_seconds(tmp_path / "out.wav") == pytest.approx(2.0, abs=0.05)
    assert levels[:45].max() < -60 < levels[55:95].min()
    assert shares[-1] == 1.0


def test_it_keeps_the_time_of_a_track_that_begins_late(tmp_path: Path) -> None:
    silent, late = tmp_path / "silent.mp4", tmp_path / "late.mkv"
    ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=3", str(silent)])
    tone = ["-itsoffset", "1", "-f", "lavfi", "-i", "sine=frequency=440:duration=1"]
    ffmpeg(["-i", str(silent), *tone, "-map", "0:v", "-map", "1:a", "-c:v", "copy", str(late)])
    audio.extract(late, tmp_path / "out.wav")
    levels = audio.levels(tmp_path / "out.wav")
    assert levels[:45].max() < -60 < levels[55:95].min()


def test_it_says_where_there_is_no_sound(tmp_path: Path) -> None:
    ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=1", str(tmp_path / "in.mp4")])
    with pytest.raises(MediaError):
        audio.extract(tmp_path / "in.mp4", tmp_path / "out.wav")
    assert not (tmp_path / "out.wav").exists()


def test_it_cuts_exactly(tmp_path: Path) -> None:
    whole = write_wav(tmp_path / "whole.wav", np.linspace(0, 1, 16_000))
    audio.cut(whole, tmp_path / "piece.wav", start=0.25, end=0.5)
    assert np.array_equal(audio.samples(tmp_path / "piece.wav"), audio.samples(whole)[4000:8000])


def test_it_cuts_nothing_behind_the_end(tmp_path: Path) -> None:
    whole = write_wav(tmp_path / "whole.wav", np.zeros(1600))
    audio.cut(whole, tmp_path / "piece.wav", start=1.0, end=2.0)
    assert len(audio.samples(tmp_path / "piece.wav")) == 0
