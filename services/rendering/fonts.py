"""Which font writes which letters: Noto, from packages, so that subtitles look the same on every machine.

libass takes a letter that a font lacks from whatever the system has, or leaves it out: so each run of letters is given
its font by name.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path

PLAIN = "Noto Sans"
SCRIPTS = (
    "Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew", "Kannada",
    "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai",
)  # fmt: skip
CJK = "Noto Sans CJK JP"
CJK_NAMES = ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "FULLWIDTH")
# libass makes all fonts as high as each other from their highest to their lowest mark: these would come out small.
PERCENT = {
    "Noto Sans Arabic": 143, "Noto Sans Devanagari": 125, "Noto Sans Khmer": 123, "Noto Sans Myanmar": 144,
    "Noto Sans Symbols": 135,
}  # fmt: skip
SYMBOLS = {"So": "Noto Emoji", "Sm": "Noto Sans Symbols"}


@cache
def family_of(character: str) -> str | None:
    """The font family that has this character; none for those that any has, as spaces and most punctuation."""
    category = unicodedata.category(character)
    if category in SYMBOLS:
        return SYMBOLS[category]
    script = unicodedata.name(character, "").split(" ")[0]
    if script in CJK_NAMES:
        return CJK
    if script.capitalize() in SCRIPTS:
        return f"Noto Sans {script.capitalize()}"
    return PLAIN if category.startswith("L") else None


def link_fonts(families: Iterable[str], folder: Path) -> None:
    """Put links to the files of these families into a folder, as libass reads all that is in one."""
    folder.mkdir()
    for family in {PLAIN, *families}:
        file = _file_of(family)
        (folder / file.name).symlink_to(file)


def _file_of(family: str) -> Path:
    if family == CJK:
        return Path(str(resources.files("noto_cjk_sans_jp_bold"))) / "NotoSansCJKjp-Bold.otf"
    return Path(str(resources.files("manimgx_fonts"))) / f"{family.replace(' ', '')}[wght].ttf"
