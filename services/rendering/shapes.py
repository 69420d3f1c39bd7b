"""The variants and the aspect ratios that a clip is made in, and how large each becomes."""

from dataclasses import dataclass

from errors import InvalidInput

CLEAN, SUBTITLED = VARIANTS = ("clean", "subtitled")
# Width and height in parts; a file is a whole, even number of them, so that the ratio is exact.
RATIOS = {"9x16": (9, 16), "16x9": (16, 9), "1x1": (9, 9)}
# The shorter side of a file: as large as what is cut out, within these.
SMALLEST_PX = 360
LARGEST_PX = 1080


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def ratio(self) -> float:
        return self.width / self.height


def checked_variant(variant: str) -> str:
    """:raise InvalidInput: if there is no such variant."""
    if variant not in VARIANTS:
        raise InvalidInput(f"There is no variant {variant!r}; choose one of {', '.join(VARIANTS)}.")
    return variant


def output_size(aspect_ratio: str, source: Size) -> Size:
    """How large a file of that ratio becomes when it shows as much of the source as fits.

    :raise InvalidInput: if there is no such ratio.
    """
    if aspect_ratio not in RATIOS:
        raise InvalidInput(f"There is no aspect ratio {aspect_ratio!r}; choose one of {', '.join(RATIOS)}.")
    across, down = RATIOS[aspect_ratio]
    shown = largest_within(source, across / down)
    shorter = min(max(min(shown.width, shown.height), SMALLEST_PX), LARGEST_PX)
    part = 2 * round(shorter / (2 * min(across, down)))
    return Size(across * part, down * part)


def largest_within(source: Size, ratio: float) -> Size:
    """The largest window of that ratio in the source."""
    width = min(source.width, round(source.height * ratio))
    return Size(width, min(source.height, round(width / ratio)))
