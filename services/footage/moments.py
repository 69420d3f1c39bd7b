"""Which moments of a recording are looked at: those after its cuts, and others where there are none for long."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_SECONDS = 10.0  # without a frame, where the limit on frames allows
SHORTEST_SECONDS = 1.0  # between two frames
AFTER_CUT_SECONDS = 0.5  # by then a dissolve is over, and a motion blur


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch that a frame stands for, and the moment of its picture, in seconds."""

    start: float
    end: float
    at: float


def windows(
    duration_seconds: float, cuts: Sequence[float], max_frames: int, *, picture_seconds: float | None = None
) -> list[Window]:
    """Windows that tile all of the recording, in order, `max_frames` at most.

    Where the sound goes on for longer than the `picture_seconds`, the last of them lasts until the end.
    """
    seconds = min(picture_seconds or duration_seconds, duration_seconds)
    shots = _apart(cuts, seconds)
    starts = _with_fillers(shots, seconds)
    if len(starts) > max_frames:
        starts = _thinned(shots, seconds, max_frames)
    ends = [*starts[1:], seconds]
    made = [Window(start, end, _moment(start, end)) for start, end in zip(starts, ends, strict=True)]
    made[-1] = Window(made[-1].start, duration_seconds, made[-1].at)
    return made


def _moment(start: float, end: float) -> float:
    return start + min(AFTER_CUT_SECONDS, (end - start) / 2)


def _apart(cuts: Sequence[float], seconds: float) -> list[float]:
    """Where shots start: at 0 and at cuts, none closer to another, or to the end, than a second."""
    starts = [0.0]
    for cut in sorted(cuts):
        if cut - starts[-1] >= SHORTEST_SECONDS and cut <= seconds - SHORTEST_SECONDS:
            starts.append(cut)
    return starts


def _with_fillers(starts: Sequence[float], seconds: float) -> list[float]:
    """Shots that are too long are cut into equal parts."""
    filled: list[float] = []
    for start, end in zip(starts, [*starts[1:], seconds], strict=True):
        parts = max(1, math.ceil((end - start) / LONGEST_SECONDS))
        filled += [start + part * (end - start) / parts for part in range(parts)]
    return filled


def _thinned(starts: Sequence[float], seconds: float, max_frames: int) -> list[float]:
    """So many starts, spread evenly, each moved to the cut that is within half a stretch of it."""
    stretch = seconds / max_frames
    chosen = [0.0]
    for number in range(1, max_frames):
        wanted = number * stretch
        nearest = _nearest(starts, wanted)
        is_near = abs(nearest - wanted) < stretch / 2 and nearest > chosen[-1]
        chosen.append(nearest if is_near else wanted)
    return chosen


def _nearest(numbers: Sequence[float], wanted: float) -> float:
    """Of sorted numbers."""
    index = bisect_left(numbers, wanted)
    return min(numbers[max(0, index - 1) : index + 1], key=lambda number: abs(number - wanted))
