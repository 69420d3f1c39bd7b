"""How much there is to see at each place of a picture, over time: what moves most, and what has detail.

Saliency without a model: motion and edges are what eye tracking finds strongest in moving pictures (Itti, Koch and
Niebur 1998; Mital, Smith, Hill and Henderson 2011).
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.media import ffmpeg
from services.media.ffmpeg import Checkpoint, Progress
from services.rendering.framing import Array
from services.rendering.shapes import Size

SAMPLES_PER_SECOND = 5
LONGER_SIDE_PX = 96
# Changes of less are noise; of 255.
NOISE = 6.0
DETAIL_WEIGHT = 0.25
# ffmpeg's scdet: how much of a picture must change, in percent, to be another scene.
CUT_THRESHOLD = 10
CUT_LINE = re.compile(r"lavfi\.scd\.time: ([\d.]+)")


@dataclass(frozen=True, slots=True)
class Sampled:
    """Small grey pictures of a passage, (samples, height, width), and the seconds at which the scene changes."""

    pictures: NDArray[np.uint8]
    cuts: tuple[float, ...]

    @property
    def times(self) -> Array:
        return np.arange(len(self.pictures)) / SAMPLES_PER_SECOND


def sample(
    reading: list[str],
    prepared: str,
    size: Size,
    folder: Path,
    *,
    duration_seconds: float,
    on_progress: Progress,
    checkpoint: Checkpoint,
) -> Sampled:
    """Look at a passage; `reading` opens it, `prepared` are the filters that set it upright, from 0 s on.

    :raise MediaError, TransientError: as `ffmpeg.run`.
    """
    small = _small(size)
    cuts: list[float] = []
    filters = f"{prepared},scale={small.width}:{small.height}:flags=area,scdet=threshold={CUT_THRESHOLD}"
    sampled = f"{filters},fps={SAMPLES_PER_SECOND}:round=up,format=gray"
    target = folder / "samples.gray"
    ffmpeg.run(
        [*reading, "-filter_complex", sampled, "-an", "-f", "rawvideo", "-y", f"file:{target}"],
        duration_seconds=duration_seconds,
        on_progress=on_progress,
        checkpoint=checkpoint,
        on_line=lambda line: cuts.extend(float(found) for found in CUT_LINE.findall(line)),
    )
    pictures = np.fromfile(target, dtype=np.uint8).reshape(-1, small.height, small.width)
    return Sampled(pictures, tuple(cuts))


def profiles(sampled: Sampled, *, along_width: bool) -> Array:
    """How much there is to see at each place along one axis, (samples, places)."""
    axis = 1 if along_width else 2
    pictures = sampled.pictures.astype(np.float64)
    return _shares(_motion(pictures, sampled).sum(axis=axis)) + DETAIL_WEIGHT * _shares(
        _detail(pictures).sum(axis=axis)
    )


def _motion(pictures: Array, sampled: Sampled) -> Array:
    """What changed since the sample before; the first of a scene takes over from the one after it."""
    changed = np.abs(np.diff(pictures, axis=0, prepend=pictures[:1]))
    changed[changed < NOISE] = 0.0
    for first in [0, *(int(np.searchsorted(sampled.times, cut)) for cut in sampled.cuts)]:
        if first < len(changed):
            changed[first] = changed[first + 1] if first + 1 < len(changed) else 0.0
    return changed


def _detail(pictures: Array) -> Array:
    down, across = np.gradient(pictures, axis=(1, 2))
    detail: Array = np.hypot(down, across)
    return detail


def _shares(profiles: Array) -> Array:
    """Scaled so that the whole passage sums up to the number of its samples; all zero stays so."""
    total = profiles.sum()
    return profiles * (len(profiles) / total) if total > 0 else profiles


def _small(size: Size) -> Size:
    scale = LONGER_SIDE_PX / max(size.width, size.height)
    return Size(max(round(size.width * scale), 2), max(round(size.height * scale), 2))
