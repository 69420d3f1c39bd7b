"""A row of small bars as the attributes of SVG elements, and in words."""

from collections.abc import Sequence
from dataclasses import dataclass

BAR_WIDTH, GAP, HEIGHT = 4, 1, 24
LEAST_HEIGHT = 2  # one among thousands is still to be seen


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    y: int
    height: int
    is_running: bool


@dataclass(frozen=True, slots=True)
class Sparkline:
    """`bars` are those that are not zero; `words` say the same for those who cannot see it."""

    width: int
    height: int
    bar_width: int
    bars: list[Bar]
    words: str


def sparkline(counts: Sequence[int], span_label: str) -> Sparkline:
    """The bars of `counts`, oldest first, the last of which is still running; the highest takes the whole height."""
    highest = max(counts, default=0)
    bars = [
        Bar(place * (BAR_WIDTH + GAP), HEIGHT - height, height, is_running=place == len(counts) - 1)
        for place, height in ((place, _height(count, highest)) for place, count in enumerate(counts))
        if height
    ]
    width = len(counts) * (BAR_WIDTH + GAP) - GAP
    return Sparkline(width, HEIGHT, BAR_WIDTH, bars, _words(sum(counts), span_label))


def _height(count: int, highest: int) -> int:
    return max(LEAST_HEIGHT, round(HEIGHT * count / highest)) if count else 0


def _words(total: int, span_label: str) -> str:
    return f"{total:,} in the last {span_label}" if total else f"None in the last {span_label}"
