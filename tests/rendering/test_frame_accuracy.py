"""A clip begins with exactly the frame that is on screen at its start, and is as long as it says."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest

from services.rendering.clip import render_clip
from tests.rendering.recordings import frames_of, make_recording

# When a frame begins, in the middle of one, at a keyframe, just before one, as JSON rounds it, and at the very start.
STARTS = [0.0, 1.0, 1.013, 2.4, 2.36, 0.12, 3.0]
CONTAINERS = {
    "far keyframes.mp4": ["-g", "250", "-bf", "3"],
    "talk.mkv": [],
    "stream.ts": [],
    "old.avi": ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-bf", "0"],
}
VARIABLE = ["-vf", r"settb=1/1000,setpts='(N*0.04+0.02*mod(N\,2))/TB'", "-fps_mode", "vfr", "-enc_time_base", "1:1000"]


def _cut(source: Path, start: float, end: float) -> list[tuple[int, float]]:
    target = source.with_name("clip.mp4")
    made = render_clip(source, target, start=start, end=end, variant="clean", aspect_ratio="16x9", segments=[])
    frames = frames_of(target)
    assert made.duration_seconds == pytest.approx(end - start, abs=0.0401)
    return [(frame.number, frame.seconds) for frame in frames]


@pytest.mark.parametrize("start", STARTS)
def test_it_begins_with_the_frame_on_screen(start: float, tmp_path: Path) -> None:
    frames = _cut(make_recording(tmp_path / "talk.mp4"), start, start + 0.6)
    first = int(start * 25 + 0.01)
    assert frames[0] == (first, 0.0)
    assert [number for number, _ in frames[:15]] == list(range(first, first + 15))


@pytest.mark.parametrize("name", CONTAINERS)
def test_it_does_so_in_every_container(name: str, tmp_path: Path) -> None:
    source = make_recording(tmp_path / name, options=CONTAINERS[name])
    with av.open(str(source)) as container:
        begins = (container.start_time or 0) / 1e6
    timeline = [(frame.seconds - begins, frame.number) for frame in frames_of(source)]
    begins, first = max((seconds, number) for seconds, number in timeline if seconds <= 1.5)
    last = max(number for seconds, number in timeline if seconds < begins + 0.509)
    assert [number for number, _ in _cut(source, 1.5, 2.01)] == list(range(first, last + 1))


def test_it_keeps_the_rate_of_television(tmp_path: Path) -> None:
    source = make_recording(tmp_path / "ntsc.mp4", rate="30000/1001")
    frames = _cut(source, float(50 * Fraction(1001, 30000)), float(70 * Fraction(1001, 30000)))
    assert [number for number, _ in frames] == list(range(50, 70))
    assert frames[-1][1] == pytest.approx(19 * 1001 / 30000, abs=1e-4)


def test_it_keeps_times_that_vary(tmp_path: Path) -> None:
    source = make_recording(tmp_path / "phone.mkv", options=VARIABLE)
    frames = _cut(source, 1.02, 1.4)
    assert [number for number, _ in frames] == list(range(25, 35))
    steps = [after[1] - before[1] for before, after in pairwise(frames)]
    assert steps == pytest.approx([0.02, 0.06] * 4 + [0.02], abs=0.002)


def test_it_ends_where_the_recording_ends(tmp_path: Path) -> None:
    source = make_recording(tmp_path / "talk.mp4", frames=50)
    target = tmp_path / "clip.mp4"
    made = render_clip(source, target, start=1.0, end=9.0, variant="clean", aspect_ratio="16x9", segments=[])
    assert [frame.number for frame in frames_of(target)] == list(range(25, 50))
    assert made.duration_seconds == pytest.approx(1.0, abs=0.04)
