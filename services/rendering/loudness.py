"""Sound brought to the loudness that people expect: -16 LUFS, as Apple and AES TD1008 ask of speech.

By measuring (EBU R 128, with ffmpeg's ebur128) and one constant gain with a limiter behind it. ffmpeg's loudnorm would
do it in one filter, but falls back to following the level up and down, in short clips audibly.
"""

import re
from collections.abc import Sequence
from functools import partial

from services.media import ffmpeg
from services.media.ffmpeg import Checkpoint, Progress

TARGET_LUFS = -16.0
# Nothing that is louder than this was heard: silence stays silence.
SILENCE_LUFS = -60.0
# More would make a hiss of what was never meant to be heard.
MOST_GAIN_DB = 30.0
CLOSE_ENOUGH_DB = 0.3
# What the limiter takes away at one gain is given back at the next, this often at most.
MEASUREMENTS = 4
SAMPLE_RATE = 48_000
# Two channels, from the first moment on even where the track begins late.
STEREO = f"aresample={SAMPLE_RATE}:async=1:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=stereo"
# -1.5 dB leaves room for what lossy coding and the way between samples add.
LIMITER = "alimiter=limit=0.84:attack=5:release=50:level=disabled:latency=1"
INTEGRATED = re.compile(r"I:\s+(-?\d+\.\d+|-inf) LUFS")


def levelled(gain_db: float) -> str:
    """The filters that make a sound that much louder, but no louder than can be."""
    return f"volume={gain_db:.2f}dB,{LIMITER}"


def gain_for(
    reading: Sequence[str], sound: str, *, duration_seconds: float, on_progress: Progress, checkpoint: Checkpoint
) -> float:
    """The gain in dB that brings a passage to the target; `reading` opens it, and `sound` are its filters.

    :raise MediaError, TransientError: as `ffmpeg.run`.
    """

    gain = 0.0
    for measurement in range(MEASUREMENTS):
        found = measured(
            reading,
            f"{sound},{levelled(gain)}",
            duration_seconds=duration_seconds,
            on_progress=partial(_report, on_progress, measurement),
            checkpoint=checkpoint,
        )
        lacking = TARGET_LUFS - found
        if found < SILENCE_LUFS or abs(lacking) <= CLOSE_ENOUGH_DB:
            break
        gain = min(gain + lacking, MOST_GAIN_DB)
    return gain


def _report(on_progress: Progress, measurement: int, share: float) -> None:
    on_progress((measurement + share) / MEASUREMENTS)


def measured(
    reading: Sequence[str], graph: str, *, duration_seconds: float, on_progress: Progress, checkpoint: Checkpoint
) -> float:
    """The integrated loudness in LUFS; -70 and less is silence."""
    lines = ffmpeg.run(
        [*reading, "-filter_complex", f"{graph},ebur128=framelog=quiet", "-vn", "-f", "null", "-"],
        duration_seconds=duration_seconds,
        on_progress=on_progress,
        checkpoint=checkpoint,
    )
    found = INTEGRATED.findall("\n".join(lines))
    if not found:
        raise ffmpeg.MediaError("The loudness of the sound could not be measured.")
    return float(found[-1])
