"""Where a recording falls silent, and where its picture changes: seconds from its start, as ffmpeg's filters say."""

import re
from collections.abc import Callable
from pathlib import Path

import av

from services.media import ffmpeg
from services.transcribing.audio import claimed_seconds

SILENCE_DB = -35
SILENCE_SECONDS = 0.4
SCENE_SCORE = 10.0  # of 100, as `scdet` counts; its own default
WATCHED_WIDTH = 160  # a cut shows in a small picture as well

Progress = Callable[[float], None]
Checkpoint = Callable[[], None]

_SILENCE = re.compile(r"silence_(start|end): (-?[\d.]+)")
_SCENE = re.compile(r"lavfi\.scd\.score: *([\d.]+), *lavfi\.scd\.time: *([\d.]+)")


def silences(
    path: Path, *, on_progress: Progress = lambda _: None, checkpoint: Checkpoint = lambda: None
) -> list[tuple[float, float]]:
    """From when until when there is next to nothing to be heard for 0.4 s or longer.

    :raise MediaError: if there is no sound that can be read.
    """
    duration = claimed_seconds(path)
    found: list[tuple[str, float]] = []

    def hear(line: str) -> None:
        if match := _SILENCE.search(line):
            found.append((match[1], max(0.0, float(match[2]))))

    detect = ["-map", "0:a:0", "-vn", "-af", f"silencedetect=noise={SILENCE_DB}dB:d={SILENCE_SECONDS}"]
    _watch(path, detect, duration, on_progress, checkpoint, hear)
    return _pairs(found, duration)


def scenes(path: Path, *, on_progress: Progress = lambda _: None, checkpoint: Checkpoint = lambda: None) -> list[float]:
    """When the picture changes at once, as at a cut; none where there is no picture."""
    found: list[float] = []

    def see(line: str) -> None:
        if (match := _SCENE.search(line)) and float(match[1]) >= SCENE_SCORE:
            found.append(float(match[2]))

    # Of YUV the filter compares brightness alone: a cut from red to a green as bright would not be seen.
    filters = f"scale={WATCHED_WIDTH}:-2,format=rgb24,scdet=threshold={SCENE_SCORE}"
    detect = ["-map", "0:v:0", "-an", "-vf", filters]
    if not _has_picture(path):
        on_progress(1.0)
        return []
    _watch(path, detect, claimed_seconds(path), on_progress, checkpoint, see)
    return found


def _has_picture(path: Path) -> bool:
    with av.open(path, options=ffmpeg.INPUT_OPTIONS) as container:
        return bool(container.streams.video)


def _watch(
    path: Path,
    detect: list[str],
    duration: float,
    on_progress: Progress,
    checkpoint: Checkpoint,
    on_line: Callable[[str], None],
) -> None:
    """Run a recording through filters that only look and tell."""
    ffmpeg.run(
        [*ffmpeg.reading(path), *detect, "-f", "null", "-"],
        duration_seconds=duration,
        on_progress=on_progress,
        checkpoint=checkpoint,
        on_line=on_line,
    )


def _pairs(edges: list[tuple[str, float]], duration: float) -> list[tuple[float, float]]:
    """Silences of their starts and ends; one that nothing ends lasts until the recording does."""
    starts = [instant for kind, instant in edges if kind == "start"]
    ends = [instant for kind, instant in edges if kind == "end"]
    if len(ends) < len(starts):
        ends.append(max(duration, starts[-1]))
    return list(zip(starts, ends, strict=True))
