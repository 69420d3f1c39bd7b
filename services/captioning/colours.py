"""The main colours of a picture, by the plain names that people have for them."""

import numpy as np
import numpy.typing as npt

from services.captioning import pictures
from services.captioning.pictures import Picture
from services.captioning.protocol import Colour

SMALLEST_SHARE = 0.08
MOST_COLOURS = 4

BLACK_LIGHTNESS, DARKEST_LIGHTNESS = 20.0, 9.0  # of 100: nothing darker than the second shows a colour
WHITE_LIGHTNESS = 86.0
GREY_CHROMA = 10.0

# Where each hue of CIELAB begins, in degrees, up to the next. Dark and pale tones of some have names of their own.
HUES = (
    (0.0, "pink"),
    (20.0, "red"),
    (50.0, "orange"),
    (82.0, "yellow"),
    (110.0, "green"),
    (170.0, "turquoise"),
    (222.0, "blue"),
    (308.0, "purple"),
    (345.0, "pink"),
)
_EDGES = np.array([edge for edge, _ in HUES])
_NAMES = np.array([name for _, name in HUES], dtype="<U10")


def main_colours(picture: Picture) -> tuple[Colour, ...]:
    """At most four, the largest first; what is only a speck is left out."""
    names = named(pictures.labs(picture)).ravel()
    pixels = pictures.coarse(picture).reshape(-1, 3)
    shares = {str(name): float(np.mean(names == name)) for name in np.unique(names)}
    largest = sorted(shares, key=lambda name: (-shares[name], name))[:MOST_COLOURS]
    return tuple(
        Colour(name, _hex(pixels[names == name]), round(shares[name], 3))
        for name in largest
        if shares[name] >= SMALLEST_SHARE
    )


def named(lab: npt.NDArray[np.float32]) -> npt.NDArray[np.str_]:
    """The name of each pixel's colour; `lab` is of shape (…, 3), as `pictures.labs` gives it."""
    lightness, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    names = _NAMES[np.searchsorted(_EDGES, hue, side="right") - 1]
    is_warm = (hue >= 20) & (hue < 95)
    names = np.where((names == "red") & (lightness > 62) & (chroma < 60), "pink", names)
    names = np.where(is_warm & (lightness < 55) & (chroma < 55) & (hue >= 35), "brown", names)
    names = np.where((names == "yellow") & (lightness < 55), "green", names)  # olive, which few would call yellow
    names = np.where(
        (hue >= 45) & (hue < 110) & (lightness >= 55) & (chroma < np.where(hue < 90, 47, 38)), "beige", names
    )
    is_grey = chroma < GREY_CHROMA
    names = np.where(is_grey, "grey", names)
    names = np.where(is_grey & (lightness > WHITE_LIGHTNESS), "white", names)
    is_black = (is_grey & (lightness < BLACK_LIGHTNESS)) | (lightness < DARKEST_LIGHTNESS)
    return np.where(is_black, "black", names)


def _hex(pixels: npt.NDArray[np.uint8]) -> str:
    blue, green, red = (int(value) for value in np.median(pixels, axis=0))
    return f"#{red:02x}{green:02x}{blue:02x}"
