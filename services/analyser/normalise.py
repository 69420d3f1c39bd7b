"""Lyrics as people type them, folded to plain small letters without losing where each came from."""

import re
import unicodedata
from dataclasses import dataclass

LINE_BREAK = re.compile(r"\r\n|\r|\n")
_APOSTROPHES = str.maketrans("’‘ʼ´`", "'''''")
_INVISIBLE = frozenset(("Mn", "Me", "Cf"))

# Letters of other alphabets that look like Latin ones; used only in words that mix alphabets: real Greek stays Greek.
_LOOKALIKES = str.maketrans("аеорсухіѕјкмтвнԁɡαεοτυικνρ", "aeopcyxisjkmtbhdgaeotuikvp")


@dataclass(frozen=True, slots=True)
class FoldedLine:
    """A folded line; `offsets[i]` is where its i-th character stands in the original, None when they run alike."""

    original: str
    text: str
    offsets: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Translate a span of the folded text into one of the original."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


def split_lines(lyrics: str) -> list[str]:
    """Cut at CRLF, CR and LF only, as an editor counts lines."""
    return LINE_BREAK.split(lyrics)


def fold(line: str) -> FoldedLine:
    """Lower case, plain apostrophes, no accents or invisible marks."""
    plain = line.translate(_APOSTROPHES)
    if plain.isascii():
        return FoldedLine(line, plain.lower(), None)
    letters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(plain):
        for part in fold_character(character):
            letters.append(part)
            offsets.append(offset)
    return FoldedLine(line, "".join(letters), tuple(offsets))


def fold_character(character: str) -> str:
    """Give the plain letters a character stands for; nothing for marks that only decorate."""
    if character.isascii():
        return character.lower()
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if unicodedata.category(part) not in _INVISIBLE).casefold()


def fold_word(word: str) -> str:
    """Fold a word of a lexicon as lyrics are folded."""
    return fold(word).text


def unmix_alphabets(word: str) -> str:
    """Turn look-alike letters into Latin ones where a word mixes both."""
    if word.isascii() or not any(letter.isascii() and letter.isalpha() for letter in word):
        return word
    return word.translate(_LOOKALIKES)
