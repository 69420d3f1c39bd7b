"""ffmpeg tells where a recording is silent and where its picture changes."""

from pathlib import Path

import pytest

from services.media.scenes import scenes, silences
from tests.made_media import ffmpeg

# Red for two seconds, blue for two; a tone in the first and the third second.
PICTURE = "color=red:size=160x90:rate=25:duration=2[a];color=blue:size=160x90:rate=25:duration=2[b];[a][b]concat"
SOUND = "aevalsrc='if(lt(mod(t,2),1),0.4*sin(2764*t),0)':sample_rate=16000:duration=4"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    ffmpeg(["-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", SOUND, str(tmp_path / "recording.mp4")])
    return tmp_path / "recording.mp4"


def test_it_finds_silences_to_the_end(recording: Path) -> None:
    shares: list[float] = []
    (first, second) = silences(recording, on_progress=shares.append)
    assert first == pytest.approx((1.0, 2.0), abs=0.06)
    assert second == pytest.approx((3.0, 4.0), abs=0.1)
    assert shares[-1] == 1.0


def test_it_finds_the_cut(recording: Path) -> None:
    shares: list[float] = []
    assert scenes(recording, on_progress=shares.append) == pytest.approx([2.0], abs=0.05)
    assert shares[-1] == 1.0


def test_it_sees_a_cut_between_colours_that_are_as_bright(tmp_path: Path) -> None:
    picture = PICTURE.replace("color=blue", "color=green")
    ffmpeg(["-f", "lavfi", "-i", picture, str(tmp_path / "colours.mp4")])
    assert scenes(tmp_path / "colours.mp4") == pytest.approx([2.0], abs=0.05)


def test_it_finds_no_scenes_without_a_picture(tmp_path: Path) -> None:
    ffmpeg(["-f", "lavfi", "-i", SOUND, str(tmp_path / "sound.wav")])
    assert scenes(tmp_path / "sound.wav") == []


def test_it_stops_at_a_checkpoint(recording: Path) -> None:
    def checkpoint() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scenes(recording, checkpoint=checkpoint)
