"""How names and lyrics are cleaned, compared, sorted and searched."""

import hashlib
import re
import unicodedata
from functools import cache
from typing import Literal

from errors import InvalidInput

NAME_MAX_CHARS = 300
SEARCH_TEXT_MAX_CHARS = 900
LYRICS_MAX_CHARS = 200_000

_ARTICLES = ("the ", "a ", "an ")
_IDLE_SPACE = re.compile(r"(?<!\d) | (?!\d)")
_APOSTROPHES = re.compile(r"['’‘ʼ`´]")
_LINE_BREAKS = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Control characters but for tab and line break, overrides of the writing direction, byte order marks, surrogates.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
# Only accents of alphabets: the marks of Japanese, Hebrew or Hindi make other letters, not other accents.
_ACCENTS = re.compile("[\u0300-\u036f]")
_MARKS_IN_A_ROW = 30  # what the Stream-Safe Text Format of UAX #15 allows, which is more than any language writes
_FIRST_MARK = "\u0300"
_PLANES_WITH_MARKS = range(0x20000)  # those above hold ideographs, tags and private use


def clean(text: str, *, field: str, max_chars: int = NAME_MAX_CHARS) -> str:
    """One line of text as it is stored: NFC, no control characters, single spaces, at most `max_chars`.

    :raise InvalidInput: if it holds a NUL, which no database column can keep.
    """
    return " ".join(_printable(_LINE_BREAKS.sub(" ", text), field).split())[:max_chars].rstrip()


def clean_lyrics(text: str | None) -> str | None:
    """Lyrics as they are stored: `clean_lines` of at most `LYRICS_MAX_CHARS`; None where nothing is left.

    :raise InvalidInput: if they hold a NUL or are too long.
    """
    return clean_lines(text or "", field="lyrics", max_chars=LYRICS_MAX_CHARS) or None


def clean_lines(text: str, *, field: str, max_chars: int) -> str:
    """Many lines of text as they are stored, else cleaned as `clean` does.

    :raise InvalidInput: if they hold a NUL or are longer than that.
    """
    lines = _printable(normalise_newlines(text), field)
    if len(lines) > max_chars:
        message = f"{field} may have at most {max_chars:,} characters; these have {len(lines):,}."
        raise InvalidInput(f"The {message}", details={field: message})
    return lines


def normalise_newlines(text: str) -> str:
    r"""The text with `\n` as its only line break, no blanks at line ends, and no empty lines around it."""
    lines = (line.rstrip() for line in _LINE_BREAKS.sub("\n", text).split("\n"))
    return "\n".join(lines).strip("\n")


def fingerprint(artist: str, title: str) -> str:
    """SHA-256 in hex: the same for an artist and title that differ in case, accents, punctuation or spaces only.

    What stands between two numbers does count: “1-11” and “11-1” are two songs.
    """
    parts = (_IDLE_SPACE.sub("", words(part)) for part in (artist, title))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def sort_key(text: str) -> str:
    """What a list is sorted by: `words` without a leading English article, at most 300 characters."""
    key = words(text)
    for article in _ARTICLES:
        if key.startswith(article):
            return key.removeprefix(article)[:NAME_MAX_CHARS]
    return key[:NAME_MAX_CHARS]


def search_text(*parts: str) -> str:
    """What a search looks into: the `words` of all parts, at most 900 characters."""
    return " ".join(filter(None, map(words, parts)))[:SEARCH_TEXT_MAX_CHARS]


def words(text: str) -> str:
    """Casefolded (NFKC) words with single spaces, without accents and punctuation.

    A text of nothing but punctuation, such as the band “!!!”, is its own word.
    """
    folded = normalised("NFKC", text).casefold()
    plain = _ACCENTS.sub("", normalised("NFKD", folded))
    plain = normalised("NFC", _APOSTROPHES.sub("", plain))
    spaced = "".join(" " if unicodedata.category(c)[0] in "PZC" else c for c in plain)
    return " ".join(spaced.split()) or " ".join(folded.split())


def normalised(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """The text in that form of UAX #15, without marks beyond 30 in a row: time is the square of their number."""
    if max(text, default="") >= _FIRST_MARK:
        text = _more_marks().sub(r"\1", text)
    return unicodedata.normalize(form, text)


@cache
def _more_marks() -> re.Pattern[str]:
    marks = "".join(c for c in map(chr, _PLANES_WITH_MARKS) if unicodedata.combining(c))
    return re.compile(f"([{marks}]{{{_MARKS_IN_A_ROW}}})[{marks}]+")


def drop_unprintable(text: str) -> str:
    """The text without control characters, bidirectional overrides and halves of characters."""
    return _UNPRINTABLE.sub("", text)


def _printable(text: str, field: str) -> str:
    if "\x00" in text:
        message = "a NUL character is not allowed."
        raise InvalidInput(f"In the {field}, {message}", details={field: message})
    return drop_unprintable(normalised("NFC", text))
