"""Every clip is as loud as the others: -16 LUFS, unless there is nothing to hear."""

import re
from pathlib import Path

import pytest

from services.media import ffmpeg
from services.rendering import loudness
from services.rendering.clip import render_clip
from tests.rendering.recordings import make_recording

# A voice's ups and downs, in noise.
VOICE = "(0.5+0.5*sin(2*PI*3*t))*(0.6*sin(2*PI*220*t)+0.3*sin(2*PI*1330*t)+0.2*(random(0)-0.5))"
SOUNDS = {
    "quiet": f"0.03*({VOICE})",
    "loud": f"0.9*({VOICE})",
    "stereo": f"0.2*({VOICE})|0.02*({VOICE})",
    "surround": "|".join([f"0.05*({VOICE})"] * 6),
    "with a bang": f"if(between(t,1,1.02),0.95*random(1),0.04*({VOICE}))",
}


def _loudness(path: Path) -> float:
    measuring = ["-vn", "-af", "ebur128=framelog=quiet:peak=true", "-f", "null", "-"]
    said = "\n".join(ffmpeg.run([*ffmpeg.reading(path), *measuring], duration_seconds=3))
    assert max(float(one) for one in re.findall(r"Peak:\s+(-?[\d.]+) dBFS", said)) < -0.5
    return float(loudness.INTEGRATED.findall(said)[-1])


@pytest.mark.parametrize("name", SOUNDS)
def test_it_is_as_loud_as_people_expect(name: str, tmp_path: Path) -> None:
    source = make_recording(tmp_path / "talk.mkv", frames=90, sound=SOUNDS[name])
    target = tmp_path / "clip.mp4"
    render_clip(source, target, start=0.2, end=3.4, variant="clean", aspect_ratio="16x9", segments=[])
    assert _loudness(target) == pytest.approx(-16, abs=0.7)


def test_it_leaves_silence_silent(tmp_path: Path) -> None:
    source = make_recording(tmp_path / "talk.mp4", frames=60, sound="0.0001*sin(2*PI*440*t)")
    target = tmp_path / "clip.mp4"
    render_clip(source, target, start=0, end=2, variant="clean", aspect_ratio="16x9", segments=[])
    assert _loudness(target) < -60
