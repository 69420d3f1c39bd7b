"""Where the window goes: onto what there is to see, still while it can be, and away where it would lose too much."""

from itertools import pairwise

import numpy as np
import pytest

from services.rendering import framing
from services.rendering.framing import Framing, Point, frame

PLACES = 96
SHARE = 1 / 3
TIMES = np.arange(50) / 5


def _subject(*centres: float, width: float = 0.1, ground: float = 0.0) -> framing.Array:
    """Profiles of something at those places, one for each sample; centres and width are shares of the axis."""
    places = (np.arange(PLACES) + 0.5) / PLACES
    return np.array([(np.abs(places - centre) <= width / 2) + ground for centre in centres], dtype=np.float64)


def _window(found: Framing, seconds: float) -> tuple[float, float]:
    """What the window shows at that moment, in shares of the axis."""
    times, positions = zip(*[(point.seconds, point.position) for point in found.path], strict=True)
    left = float(np.interp(seconds, times, positions)) * (1 - SHARE)
    return left, left + SHARE


@pytest.mark.parametrize("centre", [0.1, 0.3, 0.5, 0.9])
def test_it_stands_still_on_a_subject_that_does(centre: float) -> None:
    found = frame(_subject(*[centre] * 50), TIMES, [], SHARE)
    assert len(found.path) == 1
    left, right = _window(found, 0)
    assert left <= centre - 0.05
    assert centre + 0.05 <= right


def test_it_does_not_tremble_with_a_restless_subject() -> None:
    shaking = [0.5 + 0.04 * (-1) ** sample for sample in range(50)]
    assert len(frame(_subject(*shaking), TIMES, [], SHARE).path) == 1


def test_it_does_not_follow_a_flash() -> None:
    centres = [0.3] * 50
    centres[20] = centres[21] = 0.9
    assert len(frame(_subject(*centres), TIMES, [], SHARE).path) == 1


def test_it_follows_a_subject_across() -> None:
    centres = np.linspace(0.1, 0.9, 50)
    found = frame(_subject(*centres), TIMES, [], SHARE)
    for seconds, centre in zip(TIMES, centres, strict=True):
        left, right = _window(found, float(seconds))
        assert left <= centre <= right
    assert max(abs(after.position - before.position) for before, after in pairwise(found.path)) <= 1
    assert len(found.path) < 12


def test_it_jumps_where_the_scene_does() -> None:
    found = frame(_subject(*[0.2] * 25, *[0.8] * 25), TIMES, [5.0], SHARE)
    assert [point.seconds for point in found.path] == [0.0, 5.0, 5.0]
    assert _window(found, 4.99)[0] < 0.2 < _window(found, 4.99)[1]
    assert _window(found, 5.01)[0] < 0.8 < _window(found, 5.01)[1]


@pytest.mark.parametrize(
    ("profiles", "share", "expected"),
    [
        pytest.param(np.ones((50, PLACES)), SHARE, Framing(), id="there is as much everywhere: shown whole"),
        pytest.param(_subject(*[0.5] * 50, width=0.9), SHARE, Framing(), id="the subject is too wide: shown whole"),
        pytest.param(np.ones((50, PLACES)), 0.5625, framing.CENTRED, id="a square of it keeps enough"),
        pytest.param(_subject(*[0.1] * 50), 0.95, framing.CENTRED, id="nearly all of it is shown anyway"),
        pytest.param(np.zeros((50, PLACES)), SHARE, framing.CENTRED, id="there is nothing to see"),
    ],
)
def test_it_chooses_by_what_is_kept(profiles: framing.Array, share: float, expected: Framing) -> None:
    found = frame(profiles, TIMES, [], share)
    assert bool(found.path) == bool(expected.path)
    assert all(point.position == pytest.approx(0.5, abs=0.51) for point in found.path)


def test_it_frames_a_single_sample() -> None:
    found = frame(_subject(0.9), TIMES[:1], [], SHARE)
    assert found.path == (Point(0.0, 1.0),)
