"""The path of a window, in ffmpeg's words, leads where its points say."""

from pathlib import Path

import numpy as np
import pytest

from services.media import ffmpeg
from services.rendering import filters
from services.rendering.framing import Framing, Point
from services.rendering.shapes import Size
from tests.rendering.recordings import Seen, frames_of, make_recording

# Each column as light as it is far to the right; a third of it fits in the window.
RAMP = np.tile(np.linspace(20, 230, 240).astype(np.uint8), (60, 1))
JUMPING = (Point(0.0, 0.2), Point(2.0, 0.2), Point(4.0, 0.9), Point(4.0, 0.1), Point(5.0, 0.3))


def _position(frame: Seen) -> float:
    """Where the window is in the ramp, from what is seen in its middle."""
    middle = (float(frame.grey[:, 38:42].mean()) - 20) / 210
    return (middle - 1 / 6) / (2 / 3)


def _along(path: tuple[Point, ...], folder: Path, seconds: int) -> list[float]:
    source = make_recording(folder / "ramp.mp4", pictures=[RAMP] * 5 * seconds, rate="5", sound=None)
    graph = f"[0:v]{filters.framed(Framing(path), Size(80, 60))}"
    arguments = [*ffmpeg.reading(source), "-filter_complex", graph, "-crf", "5"]
    ffmpeg.make(folder / "seen.mp4", arguments, duration_seconds=seconds)
    return [_position(frame) for frame in frames_of(folder / "seen.mp4")]


def test_it_holds_moves_and_jumps(tmp_path: Path) -> None:
    found = _along(JUMPING, tmp_path, 6)
    expected = {0.0: 0.2, 1.0: 0.2, 3.0: 0.55, 3.8: 0.83, 4.0: 0.1, 4.6: 0.22, 5.8: 0.3}
    assert [found[round(seconds * 5)] for seconds in expected] == pytest.approx(list(expected.values()), abs=0.04)


def test_it_may_be_long(tmp_path: Path) -> None:
    path = tuple(Point(at / 50, at % 2 * 0.5 + 0.25) for at in range(501))
    found = _along((*path, Point(11.0, 0.9)), tmp_path, 12)
    assert found[-1] == pytest.approx(0.9, abs=0.04)
