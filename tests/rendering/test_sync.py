"""Sound and picture of a clip belong together."""

from pathlib import Path

import numpy as np
import pytest

from services.rendering.clip import render_clip
from tests.rendering.recordings import SAMPLE_RATE, beeps, frames_of, make_recording, sound_of

BEEP_SECONDS = 2.0
LATE_SOUND = ["-af", "atrim=start=1.5"]


@pytest.mark.parametrize("start", [0.0, 1.0, 1.3, 1.987])
@pytest.mark.parametrize("name", ["talk.mp4", "stream.ts"])
def test_it_beeps_with_its_frame(start: float, name: str, tmp_path: Path) -> None:
    _beeps_with_its_frame(make_recording(tmp_path / name, sound=beeps(BEEP_SECONDS)), start)


def test_it_does_when_the_sound_begins_late(tmp_path: Path) -> None:
    source = make_recording(tmp_path / "late.mkv", sound=beeps(BEEP_SECONDS), options=LATE_SOUND)
    _beeps_with_its_frame(source, 0.5)


def _beeps_with_its_frame(source: Path, start: float) -> None:
    target = source.with_name("clip.mp4")
    render_clip(source, target, start=start, end=3.0, variant="clean", aspect_ratio="16x9", segments=[])
    seen = next(frame.seconds for frame in frames_of(target) if frame.number == BEEP_SECONDS * 25)
    loud = np.abs(sound_of(target)) > 0.05
    assert float(loud.argmax()) / SAMPLE_RATE == pytest.approx(seen, abs=0.012)
