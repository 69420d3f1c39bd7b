"""Where the window of another shape goes in a picture, so that it keeps the subject: decisions only.

A profile is how much there is to see at each place along the one axis on which the window can move, left to right or
top to bottom; a position is a share of the window's way, 0 at one end and 1 at the other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Less of what there is to see in the window than this: the whole picture is shown, on a blurred ground.
KEPT_AT_LEAST = 0.5
# A window that shows this much of the picture loses nothing that matters.
NEARLY_WHOLE = 0.9
# A subject that stays within this share of the window does not make it move.
STEADY_SHARE = 0.35
# Looked around each moment, both ways: a window that moves neither trembles nor lags behind.
LOOK_SECONDS = 1.0
MEDIAN_SECONDS = 1.0
MEAN_SECONDS = 1.2
# A path is drawn in straight lines that are this near to it.
PATH_TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class Point:
    """Where the window is at a moment of the clip."""

    seconds: float
    position: float


@dataclass(frozen=True, slots=True)
class Framing:
    """How a picture is brought into another shape; without a path, it is shown whole on a blurred ground.

    Between two points the window moves evenly; two points of one moment are a jump.
    """

    path: tuple[Point, ...] = ()


CENTRED = Framing((Point(0.0, 0.5),))


def frame(profiles: Array, times: Array, cuts: Sequence[float], window_share: float) -> Framing:
    """The framing of a passage.

    `profiles` is (samples, places), `times` (samples,) in seconds, `cuts` the seconds at which the picture changes
    wholly, `window_share` how much of the axis the window shows.
    """
    if window_share >= NEARLY_WHOLE or not profiles.any():
        return CENTRED
    edges = [0.0, *sorted(cuts), float("inf")]
    scenes = [(begins, (times >= begins) & (times < ends)) for begins, ends in pairwise(edges)]
    points: list[Point] = []
    kept = 0.0
    for begins, inside in scenes:
        if inside.any():
            seen = _sliding(profiles[inside], _samples(times, LOOK_SECONDS), _mean)
            positions, kept_here = best_positions(seen, window_share)
            kept += kept_here
            points += [Point(begins, points[-1].position)] if points else []  # held until the scene changes
            points += _scene(positions, times[inside], begins, window_share)
    return Framing(tuple(points) if kept >= KEPT_AT_LEAST * profiles.sum() else ())


def best_positions(profiles: Array, window_share: float) -> tuple[Array, float]:
    """For each sample the position with most to see near the window's middle, and how much all the windows show."""
    places = profiles.shape[1]
    width = min(max(round(places * window_share), 1), places)
    centred = np.hanning(width + 2)[1:-1] + 0.2
    starts = np.array([np.correlate(profile, centred, "valid").argmax() for profile in profiles])
    inside = [profile[start : start + width].sum() for profile, start in zip(profiles, starts, strict=True)]
    return starts / max(places - width, 1), float(sum(inside))


def _scene(positions: Array, times: Array, begins: float, window_share: float) -> list[Point]:
    """The path within one scene: still, unless the subject really moves."""
    steady = _sliding(positions, _samples(times, MEDIAN_SECONDS), np.median)
    spread = float(np.quantile(steady, 0.95) - np.quantile(steady, 0.05))
    if spread * (1 - window_share) <= STEADY_SHARE * window_share:
        return [Point(begins, float(np.median(steady)))]
    smooth = _sliding(steady, _samples(times, MEAN_SECONDS), np.mean)
    path = [Point(float(time), float(position)) for time, position in zip(times, smooth, strict=True)]
    return _straightened([Point(begins, path[0].position), *path])


def _samples(times: Array, seconds: float) -> float:
    return seconds / float(times[1] - times[0]) if len(times) > 1 else 1.0


def _mean(profiles: Array) -> Array:
    mean: Array = profiles.mean(axis=0)
    return mean


def _sliding(values: Array, samples: float, summary: Callable[[Array], Any]) -> Array:
    """A summary of the values around each, as many as half of `samples` to both sides."""
    reach = max(round(samples / 2), 1)
    padded = np.pad(values, [(reach, reach), *[(0, 0)] * (values.ndim - 1)], mode="edge")
    return np.array([summary(padded[at : at + 2 * reach + 1]) for at in range(len(values))], dtype=np.float64)


def _straightened(path: list[Point]) -> list[Point]:
    """Fewer points of nearly the same path. Ramer 1972; Douglas and Peucker 1973."""
    if len(path) < 3:
        return path
    first, last = path[0], path[-1]
    slope = (last.position - first.position) / max(last.seconds - first.seconds, 1e-9)
    off = [abs(first.position + slope * (one.seconds - first.seconds) - one.position) for one in path]
    farthest = max(range(len(path)), key=off.__getitem__)
    if off[farthest] <= PATH_TOLERANCE:
        return [first, last]
    return _straightened(path[: farthest + 1])[:-1] + _straightened(path[farthest:])
