"""A few seconds of a recording from all over it, small and silent, for whoever looks through many."""

from pathlib import Path

from services.media import ffmpeg
from services.media.ffmpeg import Checkpoint, Progress
from services.rendering import filters
from services.rendering.coding import CONTAINER
from services.rendering.footage import Footage, look_at

EXCERPTS, EXCERPT_SECONDS = 5, 1.2
LONGER_PX, FRAMES_PER_SECOND = 320, 15
CODING = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-profile:v", "high", "-an"]


def make_preview(
    source: Path,
    target: Path,
    picture_seconds: float,
    *,
    on_progress: Progress = lambda _: None,
    checkpoint: Checkpoint = lambda: None,
) -> None:
    """Write the MP4 `target`: five excerpts of a recording with that much picture, or all of a short one.

    :raise MediaError, TransientError: as `ffmpeg.run`.
    """
    footage = look_at(source)
    starts, each_seconds = excerpts(picture_seconds)
    opened = [part for start in starts for part in _reading(source, start, each_seconds)]
    ffmpeg.make(
        target,
        [*opened, "-filter_complex", _graph(footage, len(starts)), "-map", "[preview]", *CODING, *CONTAINER],
        duration_seconds=len(starts) * each_seconds,
        on_progress=on_progress,
        checkpoint=checkpoint,
    )


def excerpts(picture_seconds: float) -> tuple[list[float], float]:
    """(where each begins, how long each is), in seconds: evenly spread, none at the very edge."""
    if picture_seconds <= 2 * EXCERPTS * EXCERPT_SECONDS:
        return [0.0], min(picture_seconds, EXCERPTS * EXCERPT_SECONDS)
    part = picture_seconds / EXCERPTS
    return [number * part + (part - EXCERPT_SECONDS) / 2 for number in range(EXCERPTS)], EXCERPT_SECONDS


def _reading(source: Path, start: float, seconds: float) -> list[str]:
    return [*(["-ss", f"{start:.3f}"] if start > 0 else []), "-t", f"{seconds:.3f}", *ffmpeg.reading(source)]


def _graph(footage: Footage, count: int) -> str:
    scale = min(1.0, LONGER_PX / max(footage.size.width, footage.size.height))
    width, height = (max(2, round(side * scale / 2) * 2) for side in (footage.size.width, footage.size.height))
    small = f"scale={width}:{height},setsar=1,fps={FRAMES_PER_SECOND},setpts=PTS-STARTPTS"
    parts = [
        f"{filters.prepared(f'[{number}:{footage.video_index}]null', footage)},{small}[part{number}]"
        for number in range(count)
    ]
    joined = "".join(f"[part{number}]" for number in range(count))
    return ";".join([*parts, f"{joined}concat=n={count}:v=1:a=0,{filters.finished()}[preview]"])
