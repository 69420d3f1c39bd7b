"""A row of small bars as a path of SVG, and in words."""

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
    bars: list[Bar]
    words: str

    def path(self, *, is_running: bool) -> str:
        """Where the bars are, as a path's `d`: one element for all, since a page shows a hundred of these."""
        wanted = (bar for bar in self.bars if bar.is_running == is_running)
        return "".join(f"M{bar.x} {bar.y}h{BAR_WIDTH}v{bar.height}h-{BAR_WIDTH}z" for bar in wanted)


def sparkline(counts: Sequence[int], span_label: str) -> Sparkline:
    """The bars of `counts`, oldest first, the last of which is still running; the highest takes the whole height."""
    highest = max(counts, default=0)
    bars = [
        Bar(place * (BAR_WIDTH + GAP), HEIGHT - height, height, is_running=place == len(counts) - 1)
        for place, height in ((place, _height(count, highest)) for place, count in enumerate(counts))
        if height
    ]
    width = len(counts) * (BAR_WIDTH + GAP) - GAP
    return Sparkline(width, HEIGHT, bars, _words(sum(counts), span_label))


def _height(count: int, highest: int) -> int:
    return max(LEAST_HEIGHT, round(HEIGHT * count / highest)) if count else 0


def _words(total: int, span_label: str) -> str:
    return f"{total:,} in the last {span_label}" if total else f"None in the last {span_label}"
