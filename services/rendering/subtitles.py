"""Subtitles as Advanced SubStation Alpha, which libass burns in: each word lights up as it is said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

import pysubs2
from pysubs2 import Alignment, Color, SSAEvent, SSAFile, SSAStyle

from services.rendering import fonts
from services.rendering.captions import Caption, captions, separator
from services.rendering.shapes import Size
from services.transcribing.results import Segment

LIT = "{\\c&H3CD7FF&}"  # amber; colours are blue, green, red here
UNLIT = "{\\c&HFFFFFF&}"


@dataclass(frozen=True, slots=True)
class Look:
    """How subtitles sit in a picture, in shares of its height, except the letters of one caption."""

    letters: int
    font: float
    from_bottom: float


# A telephone's apps cover the lowest fifth of an upright video.
LOOKS = {"9x16": Look(36, 0.05, 0.2), "16x9": Look(64, 0.066, 0.07), "1x1": Look(40, 0.062, 0.08)}


def write_subtitles(
    folder: Path, segments: Iterable[Segment], *, start: float, end: float, aspect_ratio: str, size: Size
) -> bool:
    """Write `clip.ass` and the folder `fonts` that it needs; say if anything is said in that passage."""
    shown = captions(segments, start=start, end=end, longest=LOOKS[aspect_ratio].letters)
    if shown:
        document(shown, LOOKS[aspect_ratio], size).save(str(folder / "clip.ass"), format_="ass")
        letters = {letter for caption in shown for word in caption.words for letter in word.text}
        fonts.link_fonts(filter(None, map(fonts.family_of, letters)), folder / "fonts")
    return bool(shown)


def document(shown: Iterable[Caption], look: Look, size: Size) -> SSAFile:
    """All captions, one event for each word's time."""
    made = SSAFile()
    made.info |= {"PlayResX": str(size.width), "PlayResY": str(size.height), "WrapStyle": "0", "YCbCr Matrix": "None"}
    made.info["ScaledBorderAndShadow"] = "yes"
    made.styles["Default"] = _style(look, size)
    made.events = [event for caption in shown for event in _events(caption)]
    return made


def plain(text: str) -> str:
    """Text as libass shows it literally: braces begin commands, a backslash a line break."""
    return text.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}").replace("\n", " ")


def _style(look: Look, size: Size) -> SSAStyle:
    font = look.font * size.height
    return SSAStyle(
        fontname=fonts.PLAIN,
        fontsize=font,
        bold=True,
        primarycolor=Color(255, 255, 255),
        outlinecolor=Color(0, 0, 0),
        backcolor=Color(0, 0, 0, 96),
        outline=font * 0.08,
        shadow=font * 0.03,
        alignment=Alignment.BOTTOM_CENTER,
        marginl=round(size.width * 0.07),
        marginr=round(size.width * 0.07),
        marginv=round(size.height * look.from_bottom),
        encoding=-1,  # the direction of writing is found from the text
    )


def _events(caption: Caption) -> list[SSAEvent]:
    """One event from each word's start to the next one's, so that the caption never flickers."""
    starts = [caption.start, *(word.start for word in caption.words[1:])]
    ends = [*starts[1:], caption.end]
    return [
        SSAEvent(pysubs2.make_time(s=start), pysubs2.make_time(s=max(end, start)), _text(caption, lit))
        for lit, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _text(caption: Caption, lit: int) -> str:
    words = [word.text for word in caption.words]
    gaps = ["", *(separator(before, after) for before, after in pairwise(words))]
    colours = [LIT if position == lit else UNLIT for position in range(len(words))]
    return "".join(gap + colour + _with_fonts(word) for gap, colour, word in zip(gaps, colours, words, strict=True))


def _with_fonts(word: str) -> str:
    runs = ((family, "".join(run)) for family, run in groupby(word, key=_Families(word)))
    return "".join(_in_font(family) + plain(run) for family, run in runs)


def _in_font(family: str) -> str:
    percent = fonts.PERCENT.get(family, 100)
    return f"{{\\fn{family}\\fscx{percent}\\fscy{percent}}}"


class _Families:
    """The family of each character of a word; marks and digits take that of the letters before them."""

    def __init__(self, word: Sequence[str]) -> None:
        named = filter(None, map(fonts.family_of, word))
        self._latest = next(named, fonts.PLAIN)

    def __call__(self, character: str) -> str:
        self._latest = fonts.family_of(character) or self._latest
        return self._latest
