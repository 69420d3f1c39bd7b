"""Pictures from all over a recording: which of them tells most, and all of them on a contact sheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageStat

from services.media.pictures import Checkpoint, Pictures
from services.media.shares import Reached

TILE_PX = 320  # of the longer side
NEAR_SHARE = 0.25  # of the time between two tiles: a picture so much earlier will do
JPEG_QUALITY = 85
COLUMNS, MAX_TILES = 4, 16
GAP_PX = 4
FONT_PX = 15
BACKGROUND, INK, OUTLINE = "#16181d", "#ffffff", "#000000"
# Of brightness from 0 to 255: what is darker or brighter shows next to nothing.
DARK, BRIGHT = 24.0, 235.0


@dataclass(frozen=True, slots=True)
class Tile:
    """What is on screen at a moment, in seconds."""

    at_seconds: float
    image: Image.Image


def moments(picture_seconds: float, frames_per_second: float | None) -> list[float]:
    """Up to 16 moments, spread evenly, none of them at the very edge; fewer where there are fewer pictures."""
    pictures = int(picture_seconds * frames_per_second) if frames_per_second else MAX_TILES
    count = max(1, min(MAX_TILES, pictures))
    return [(number + 0.5) * picture_seconds / count for number in range(count)]


def tiles(
    pictures: Pictures,
    picture_seconds: float,
    frames_per_second: float | None,
    *,
    reached: Reached,
    checkpoint: Checkpoint,
) -> Iterator[Tile]:
    """What is on screen at those moments, or a little before them; `reached` hears the share that is done.

    :raise MediaError: if there is no picture that can be decoded.
    """
    wanted = moments(picture_seconds, frames_per_second)
    near = picture_seconds / len(wanted) * NEAR_SHARE
    for number, moment in enumerate(wanted, start=1):
        yield Tile(*pictures.near(moment, within_seconds=near, longer_px=TILE_PX))
        reached(number / len(wanted))
        checkpoint()


def written(image: Image.Image, path: Path) -> Path:
    """The JPEG of that path, which is made of it."""
    image.save(path, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return path


def most_telling(tiles: Sequence[Tile]) -> Tile:
    """The one with most to see in it, the first of equals: neither black, nor white, nor of one colour.

    What there is to see is measured by the entropy of the brightness, in bits.
    """
    return max(tiles, key=lambda tile: (_is_lit(tile.image), round(tile.image.convert("L").entropy(), 1)))


def _is_lit(image: Image.Image) -> bool:
    return DARK <= ImageStat.Stat(image.convert("L")).mean[0] <= BRIGHT


def sheet(tiles: Sequence[Tile]) -> Image.Image:
    """All tiles in rows of four, each with its time in a corner."""
    width = max(tile.image.width for tile in tiles)
    height = max(tile.image.height for tile in tiles)
    columns = min(COLUMNS, len(tiles))
    rows = -(-len(tiles) // columns)
    drawn = Image.new("RGB", (columns * (width + GAP_PX) + GAP_PX, rows * (height + GAP_PX) + GAP_PX), BACKGROUND)
    pen, font = ImageDraw.Draw(drawn), ImageFont.load_default(FONT_PX)
    for number, tile in enumerate(tiles):
        row, column = divmod(number, columns)
        left, top = GAP_PX + column * (width + GAP_PX), GAP_PX + row * (height + GAP_PX)
        drawn.paste(tile.image, (left, top))
        corner = (left + tile.image.width - 5, top + tile.image.height - 5)
        pen.text(corner, as_clock(tile.at_seconds), INK, font, anchor="rs", stroke_width=2, stroke_fill=OUTLINE)
    return drawn


def as_clock(seconds: float) -> str:
    """`0:07`, `12:34` or `1:02:03`."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
