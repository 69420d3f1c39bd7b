"""A picture as numbers, and what can be measured in it: each from 0 to 1."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from services.media.ffmpeg import MediaError

Picture = npt.NDArray[np.uint8]
"""Height, width, and blue, green, red."""

# Measures depend on how large a picture is, so all are taken at one size.
MEASURED_WIDTH, MEASURED_HEIGHT = 480, 270
COARSE_WIDTH, COARSE_HEIGHT = 64, 36
# The variance of the Laplacian below which a picture is commonly held to be blurred (Pech-Pacheco et al., 2000), and
# which comes to 0.5.
BLURRED_VARIANCE = 100.0
FULL_CHROMA = 60.0  # of CIELAB: the mean of a picture that is colourful all over
WIDEST_SPREAD = 0.5  # the standard deviation of tones of which half are black and half are white

# Of one thread: so many work on pictures at once that more would be in each other's way.
cv2.setNumThreads(1)


def read(path: Path) -> Picture:
    """:raise MediaError: if it is no picture that can be read."""
    found: Any = cv2.imdecode(np.frombuffer(path.read_bytes() or b"\0", np.uint8), cv2.IMREAD_COLOR)
    if found is None:
        raise MediaError(f"{path.name} is no picture that can be read.")
    picture: Picture = found
    return picture


def greys(picture: Picture, width: int, height: int) -> npt.NDArray[np.float32]:
    """Its tones from 0 (black) to 1 (white), at that size."""
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float32) / np.float32(255)


def brightness(picture: Picture) -> float:
    return float(greys(picture, MEASURED_WIDTH, MEASURED_HEIGHT).mean())


def contrast(picture: Picture) -> float:
    return min(1.0, float(greys(picture, MEASURED_WIDTH, MEASURED_HEIGHT).std()) / WIDEST_SPREAD)


def sharpness(picture: Picture) -> float:
    """By the variance of the Laplacian; a picture without anything in it is not sharp either."""
    tones = greys(picture, MEASURED_WIDTH, MEASURED_HEIGHT) * np.float32(255)
    variance = float(np.asarray(cv2.Laplacian(tones, cv2.CV_32F)).var())
    return variance / (variance + BLURRED_VARIANCE)


def colourfulness(picture: Picture) -> float:
    lab = labs(picture)
    return min(1.0, float(np.hypot(lab[..., 1], lab[..., 2]).mean()) / FULL_CHROMA)


def labs(picture: Picture) -> npt.NDArray[np.float32]:
    """A coarse copy in CIELAB: lightness from 0 to 100, then green to red and blue to yellow, 0 being grey."""
    return np.asarray(cv2.cvtColor(coarse(picture).astype(np.float32) / 255, cv2.COLOR_BGR2Lab), np.float32)


def coarse(picture: Picture) -> Picture:
    return np.asarray(cv2.resize(picture, (COARSE_WIDTH, COARSE_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def motion(before: Picture, now: Picture) -> float:
    """The mean difference between two pictures, seen coarsely, so that the grain of film does not count."""
    return float(np.abs(coarse(now).astype(np.float32) - coarse(before).astype(np.float32)).mean()) / 255
