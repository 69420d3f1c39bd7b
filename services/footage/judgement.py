"""Whether what is known of a piece of footage is enough to find it by: points for its title, description and keywords.

Two of the three have to say something. The points are a rule of ours, and the reasons are told with them.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

TITLE_POINTS, DESCRIPTION_POINTS, KEYWORD_POINTS = 40, 40, 20
GOOD_FROM = 50
TITLE_WORDS, DESCRIPTION_WORDS, KEYWORDS = 2, 6, 3  # as many as earn all points
SHOWN_CHARS = 60

# Words that say nothing: what cameras, phones and editors call files, what people call them for now, and little words.
_EMPTY = """
a about am an and as at by for from in into is it its last my new no of old on or other out some take the this to
with avi cam camera capture cimg clip clips copy dji draft dsc dscf dscn edit edited export exported fhd file
final finished footage full fullsize gh gopr gopro gx hd img live master media mkv mov movie mp mpg mts mvi
original output part pm project proxy pxl raw rec recorded recording reel render rendered rough sam sample scene
screen screencast sequence shot temp test timeline title tmp uhd unnamed untitled upload ver version vid video
videos wa webm whatsapp
"""
_EMPTY_WORDS = frozenset(_EMPTY.split())
_EXTENSION = re.compile(r"\.[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
_CODE = re.compile(r"(?=[^\W_]*\d)[^\W_]+|[0-9a-f]{8,}", re.IGNORECASE)  # 0042, S01E02, 3f2a9c1e
_STOCK_PHRASES = re.compile(
    r"lorem ipsum|no description|(description|title|text) (goes )?here|to be (added|filled|done|written)|coming soon"
    r"|enter (a |your )?(title|description)|just a moment|page not found|access denied|404 not found|error 404"
    r"|enable (javascript|cookies)|(sign|log) in to continue|default (title|description)",
    re.IGNORECASE,
)
_STOCK_TEXTS = frozenset({"n/a", "none", "null", "tba", "tbd", "todo", "asdf", "qwerty", "-", "...", "…", "?"})
_STOCK_UP_TO_WORDS = 10  # a longer text may well have such a phrase in it
# Scripts that put no blanks between words: two of their characters are about a word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Judgement:
    """`score` is from 0 to 100; `reasons` says, in sentences, what is poor, also of what is good as a whole."""

    score: int
    is_good: bool
    reasons: tuple[str, ...]

    def as_json(self, judged_at: float) -> dict[str, Any]:
        """As it is kept with the record."""
        return asdict(self) | {"reasons": list(self.reasons), "judged_at": judged_at}


def judge(*, title: str, description: str, keywords: Sequence[str]) -> Judgement:
    """Judge what people, or a page that they named, say of footage."""
    score = title_points(title) + description_points(description, title) + keyword_points(keywords)
    reasons = (_of_title(title), _of_description(description, title), _of_keywords(keywords))
    return Judgement(score, score >= GOOD_FROM, tuple(filter(None, reasons)))


def title_points(title: str) -> int:
    """From 0 to 40."""
    if _is_stock(title):
        return 0
    return _share(_words(_telling(title)), TITLE_WORDS, TITLE_POINTS)


def description_points(description: str, title: str = "") -> int:
    """From 0 to 40; one that only says the title again has none."""
    if _is_stock(description) or _folded(description) == _folded(title):
        return 0
    return _share(_words(_telling(description)), DESCRIPTION_WORDS, DESCRIPTION_POINTS)


def keyword_points(keywords: Sequence[str]) -> int:
    """From 0 to 20."""
    telling = {_folded(keyword) for keyword in keywords if not _is_stock(keyword) and _words(_telling(keyword))}
    return _share(len(telling), KEYWORDS, KEYWORD_POINTS)


def _of_title(title: str) -> str:
    if not title.strip():
        return "There is no title."
    shown = title if len(title) <= SHOWN_CHARS else f"{title[:SHOWN_CHARS]}…"
    if _is_stock(title):
        return f"The title “{shown}” is a stock phrase."
    if not _words(_telling(title)):
        return f"The title “{shown}” looks like the name of a file; it does not say what is to be seen."
    return "The title is a single word." if _words(_telling(title)) == 1 else ""


def _of_description(description: str, title: str) -> str:
    if not description.strip():
        return "There is no description."
    if _is_stock(description):
        return "The description is a stock phrase."
    if _folded(description) == _folded(title):
        return "The description only says the title again."
    count = _words(_telling(description))
    if count >= DESCRIPTION_WORDS:
        return ""
    return f"The description has few telling words: {count}, where {DESCRIPTION_WORDS} would do."


def _of_keywords(keywords: Sequence[str]) -> str:
    if not keywords:
        return "There are no keywords."
    return "" if keyword_points(keywords) else "The keywords say nothing."


def _is_stock(text: str) -> bool:
    if text.strip().casefold() in _STOCK_TEXTS or "lorem ipsum" in text.casefold():
        return True
    return _words(text) <= _STOCK_UP_TO_WORDS and _STOCK_PHRASES.search(text) is not None


def _telling(text: str) -> str:
    """The words that are neither codes nor what files are called."""
    words = re.findall(r"[^\W_]+", _EXTENSION.sub("", text.strip()))
    return " ".join(word for word in words if not _is_empty(word))


def _is_empty(word: str) -> bool:
    is_letter = len(word) == 1 and word.isascii()
    return is_letter or word.casefold() in _EMPTY_WORDS or _CODE.fullmatch(word) is not None


def _words(text: str) -> int:
    unspaced = len(_UNSPACED.findall(text))
    return len(_UNSPACED.sub(" ", text).split()) + (unspaced + 1) // 2


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _share(count: int, enough: int, points: int) -> int:
    return round(points * min(1.0, count / enough))
