"""Where a recording is cut into pieces: at its quietest places, so that no word is torn."""

from itertools import pairwise
from pathlib import Path

import numpy as np

from services.transcribing import audio
from services.transcribing.audio import FRAME_SECONDS, Levels

SHORTEST_SECONDS, LONGEST_SECONDS = 30.0, 60.0
QUIET_SECONDS = 0.4  # how long it should be quiet around a cut
LAST_SECONDS = 2.0  # no shorter piece is left over at the end

Span = tuple[float, float]


def split(wav: Path) -> list[Span]:
    """Pieces of 30 to 60 seconds that follow on each other, the last one shorter; the same for the same sound."""
    return spans(audio.levels(wav), audio.duration_seconds(wav), SHORTEST_SECONDS, LONGEST_SECONDS)


def spans(levels: Levels, duration_seconds: float, shortest_seconds: float, longest_seconds: float) -> list[Span]:
    """Cut at the quietest place that leaves a piece of neither less nor more than that."""
    if duration_seconds <= 0:
        return []
    quiet = _smoothed(levels)
    edges = [0.0]
    while duration_seconds - edges[-1] > longest_seconds:
        latest = min(edges[-1] + longest_seconds, duration_seconds - LAST_SECONDS)
        edges.append(_quietest(quiet, edges[-1] + shortest_seconds, latest))
    return list(pairwise([*edges, round(duration_seconds, 3)]))


def _smoothed(levels: Levels) -> Levels:
    window = round(QUIET_SECONDS / FRAME_SECONDS)
    padded = np.pad(levels, (window // 2, window - 1 - window // 2), mode="edge")
    mean: Levels = np.convolve(padded, np.ones(window) / window, mode="valid")
    return mean


def _quietest(quiet: Levels, earliest: float, latest: float) -> float:
    first, last = round(earliest / FRAME_SECONDS), round(latest / FRAME_SECONDS)
    window = quiet[first:last]
    return round((first + int(np.argmin(window))) * FRAME_SECONDS, 3) if len(window) else latest
