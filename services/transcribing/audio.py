"""Sound as engines want it: mono wav, 16 kHz, 16 bits."""

import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from services.media import ffmpeg

SAMPLE_RATE = 16_000
FRAME_SECONDS = 0.02  # of each level
FRAME_SAMPLES = round(SAMPLE_RATE * FRAME_SECONDS)
SILENT_DB = -96.0  # what 16 bits can tell from nothing
_CHUNK_FRAMES = 50 * 60

Samples = npt.NDArray[np.int16]
Levels = npt.NDArray[np.float64]


def extract(
    source: Path,
    target: Path,
    *,
    on_progress: Callable[[float], None] = lambda _: None,
    checkpoint: Callable[[], None] = lambda: None,
    duration_seconds: float = 0.0,
) -> None:
    """Write the first sound track of a recording to `target`, silence where it begins late.

    :raise MediaError: if there is none that can be read.
    """
    # Times of words must be those of the picture, which a late or broken track would shift.
    in_time = ["-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", str(SAMPLE_RATE), "-c:a", "pcm_s16le"]
    ffmpeg.make(
        target,
        [*ffmpeg.reading(source), "-map", "0:a:0", "-vn", *in_time],
        duration_seconds=duration_seconds or claimed_seconds(source),
        on_progress=on_progress,
        checkpoint=checkpoint,
    )


def claimed_seconds(source: Path) -> float:
    """How long a recording says that it is; 0 where it does not say."""
    with av.open(source, options=ffmpeg.INPUT_OPTIONS) as container:
        microseconds = int(container.duration or 0)
    return microseconds / 1_000_000


def duration_seconds(wav: Path) -> float:
    with wave.open(str(wav), "rb") as file:
        return file.getnframes() / SAMPLE_RATE


def cut(wav: Path, target: Path, *, start: float, end: float) -> None:
    """Copy what lies between two instants, exact to the sample."""
    with wave.open(str(wav), "rb") as source, wave.open(str(target), "wb") as piece:
        first = round(start * SAMPLE_RATE)
        source.setpos(min(first, source.getnframes()))
        piece.setparams(source.getparams())
        piece.writeframes(source.readframes(round(end * SAMPLE_RATE) - first))


def samples(wav: Path) -> Samples:
    """All of a short wav."""
    with wave.open(str(wav), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.int16)


def levels(wav: Path) -> Levels:
    """The loudness of each 20 ms in decibels below full scale; hours of sound cost little memory."""
    found: list[Levels] = []
    with wave.open(str(wav), "rb") as file:
        while data := file.readframes(_CHUNK_FRAMES * FRAME_SAMPLES):
            found.append(levels_of(np.frombuffer(data, dtype="<i2").astype(np.int16)))
    return np.concatenate(found) if found else np.zeros(0)


def levels_of(sound: Samples) -> Levels:
    """As `levels`, of samples; a last frame that is not whole counts as one."""
    padded = np.pad(sound.astype(np.float64), (0, -len(sound) % FRAME_SAMPLES))
    power = np.mean((padded.reshape(-1, FRAME_SAMPLES) / 32768.0) ** 2, axis=1)
    decibels: Levels = 10 * np.log10(np.maximum(power, 10 ** (SILENT_DB / 10)))
    return decibels
