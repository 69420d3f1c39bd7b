"""Small recordings whose frames say which they are, and what can be read of a file that was made."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from services.media import ffmpeg

BITS = 8
RATE = 25
LIGHT, DARK = 220, 30
SAMPLE_RATE = 48_000
QUICK = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-g", "60", "-bf", "2", "-pix_fmt", "yuv420p"]


def numbered(number: int, width: int, height: int) -> NDArray[np.uint8]:
    """A grey picture with its number in stripes across, the highest bit on top."""
    bits = np.array([number >> (BITS - 1 - bit) & 1 for bit in range(BITS)])
    rows = bits[np.arange(height) * BITS // height]
    return np.repeat(np.where(rows, LIGHT, DARK).astype(np.uint8)[:, None], width, axis=1)


def beeps(at_seconds: float, level: float = 0.2) -> str:
    """A tone of a tenth of a second at that moment, in silence, as an expression for `aevalsrc`."""
    return f"{level}*sin(2*PI*1000*t)*between(t,{at_seconds},{at_seconds + 0.1})"


def make_recording(
    target: Path,
    *,
    pictures: Sequence[NDArray[np.uint8]] | None = None,
    frames: int = 100,
    width: int = 320,
    height: int = 180,
    rate: str = str(RATE),
    sound: str | None = "0.1*sin(2*PI*440*t)",
    options: Sequence[str] = (),
) -> Path:
    """A recording of those pictures, or of numbered ones; `sound` is an expression for `aevalsrc`, with `|` between
    channels. `options` come after those of `QUICK`, and win.
    """
    shown = pictures if pictures is not None else [numbered(number, width, height) for number in range(frames)]
    height, width = shown[0].shape[:2]
    raw = target.with_suffix(".raw")
    raw.write_bytes(b"".join(one.tobytes() for one in shown))
    seconds = float(len(shown) / Fraction(rate))
    picture = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{width}x{height}", "-r", rate, "-i", f"file:{raw}"]
    heard = f"aevalsrc='{sound}':s={SAMPLE_RATE}:d={seconds}"
    ffmpeg.make(
        target,
        [*picture, *(["-f", "lavfi", "-i", heard] if sound else []), *QUICK, *options],
        duration_seconds=seconds,
    )
    raw.unlink()
    return target


@dataclass(frozen=True, slots=True)
class Seen:
    """A frame of a file: when it begins, and its pixels in grey and in colour."""

    seconds: float
    grey: NDArray[np.uint8]
    colour: NDArray[np.uint8]

    @property
    def number(self) -> int:
        height, width = self.grey.shape
        rows = [self.grey[(2 * bit + 1) * height // (2 * BITS), width // 2] for bit in range(BITS)]
        return sum(int(value > (LIGHT + DARK) // 2) << (BITS - 1 - bit) for bit, value in enumerate(rows))


def frames_of(path: Path) -> list[Seen]:
    with av.open(str(path)) as container:
        return [
            Seen(frame.time or 0.0, *(frame.to_ndarray(format=one).astype(np.uint8) for one in ("gray", "rgb24")))
            for frame in container.decode(video=0)
        ]


def sound_of(path: Path) -> NDArray[np.float32]:
    """The left channel, from 0 s on."""
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
