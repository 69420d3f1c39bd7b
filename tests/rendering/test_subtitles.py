"""Subtitles say what was said, whatever it is made of, in fonts that have it."""

import re
from pathlib import Path

import pytest

from services.rendering import fonts
from services.rendering.captions import Caption
from services.rendering.shapes import RATIOS, Size
from services.rendering.subtitles import LIT, LOOKS, document, plain, write_subtitles
from services.transcribing.results import Segment, Word

SIZE = Size(360, 640)


def _caption(*texts: str) -> Caption:
    words = tuple(Word(position * 0.5, position * 0.5 + 0.4, text, 0.9) for position, text in enumerate(texts))
    return Caption(0.0, words[-1].end + 0.2, words)


def test_it_lights_up_each_word_in_its_turn() -> None:
    events = document([_caption("one", "two", "three")], LOOKS["9x16"], SIZE).events
    assert [(event.start, event.end) for event in events] == [(0, 500), (500, 1000), (1000, 1600)]
    lit = [re.search(re.escape(LIT) + r"\{[^}]*\}(\w+)", event.text) for event in events]
    assert [found and found[1] for found in lit] == ["one", "two", "three"]
    assert [re.sub(r"\{[^}]*\}", "", event.text) for event in events] == ["one two three"] * 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [("{\\b1}", "\\{\\\u2060b1\\}"), ("a\\Nb", "a\\\u2060Nb"), ("a\nb", "a b"), ("plain", "plain")],
)
def test_it_carries_out_nothing_that_was_said(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("character", "family"),
    [
        ("a", "Noto Sans"), ("ж", "Noto Sans"), ("ω", "Noto Sans"), ("م", "Noto Sans Arabic"),
        ("ש", "Noto Sans Hebrew"), ("न", "Noto Sans Devanagari"), ("你", "Noto Sans CJK JP"),
        ("こ", "Noto Sans CJK JP"), ("한", "Noto Sans CJK JP"), ("。", "Noto Sans CJK JP"),
        ("ท", "Noto Sans Thai"), ("🎉", "Noto Emoji"), ("5", None), (",", None), (" ", None),
    ],
)  # fmt: skip
def test_it_knows_who_has_a_letter(character: str, family: str | None) -> None:
    assert fonts.family_of(character) == family


def test_it_links_the_fonts_that_are_needed(tmp_path: Path) -> None:
    segments = [Segment(0, 1, "مرحبا 你好", ())]
    assert write_subtitles(tmp_path, segments, start=0, end=1, aspect_ratio="9x16", size=SIZE)
    linked = {path.name for path in (tmp_path / "fonts").iterdir() if path.resolve().is_file()}
    assert linked == {"NotoSans[wght].ttf", "NotoSansArabic[wght].ttf", "NotoSansCJKjp-Bold.otf"}


@pytest.mark.parametrize("family", [fonts.PLAIN, fonts.CJK, *fonts.SYMBOLS.values(), *fonts.PERCENT, *fonts.SCRIPTS])
def test_it_has_every_font(family: str, tmp_path: Path) -> None:
    named = family if family.startswith("Noto") else f"Noto Sans {family}"
    fonts.link_fonts([named], tmp_path / "fonts")
    assert all(path.resolve().is_file() for path in (tmp_path / "fonts").iterdir())


def test_it_writes_nothing_where_nothing_is_said(tmp_path: Path) -> None:
    assert not write_subtitles(tmp_path, [], start=0, end=1, aspect_ratio="1x1", size=SIZE)
    assert list(tmp_path.iterdir()) == []


def test_it_has_a_look_for_each_ratio() -> None:
    assert set(LOOKS) == set(RATIOS)
