"""Spellings that hide a swear word: masked, in look-alike digits, stretched, or spelled out."""

import re
from itertools import product

_LOOKALIKE_SIGNS = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "i", "|": "il", "+": "t", "(": "c", "€": "e", "£": "l", "v": "vu",
}  # fmt: skip
_MASKS = frozenset("*#_•.%")
_DASHES = frozenset("-–—")
_SEPARATORS = re.compile(r"[-._·•*/–—]+")
_RUN = re.compile(r"(.)\1+")
_LONG_RUN = re.compile(r"(.)\1\1+")
_GRAWLIX = re.compile(r"[@#$%&*!?^]{4,}")
_LIKELIEST = frozenset(("fuck", "fucks", "fucked", "fucking", "shit"))
MAX_CHUNK = 24
MAX_READINGS = 16
GRAWLIX_WORD = "@#$%"


class Unmasker:
    """Reads disguised spellings of the words it is given."""

    def __init__(self, words: frozenset[str]) -> None:
        self._words = words
        self._by_first: dict[str, list[str]] = {}
        for word in sorted(words, key=lambda item: (len(item), item not in _LIKELIEST, item)):
            self._by_first.setdefault(word[0], []).append(word)

    def decode(self, chunk: str) -> str | None:
        """Read a run of characters without spaces; None when it hides nothing known."""
        if len(chunk) > MAX_CHUNK:
            return None
        if _is_grawlix(chunk):
            return GRAWLIX_WORD
        return self._read_signs(chunk) or self._read_separated(chunk) or self._read_masked(chunk)

    def unstretch(self, word: str) -> tuple[str, ...]:
        """Shorter readings of a word with drawn-out letters, such as "fuuuck"."""
        if _LONG_RUN.search(word):
            return (_LONG_RUN.sub(r"\1\1", word), _RUN.sub(r"\1", word))
        if _RUN.search(word):
            short = _RUN.sub(r"\1", word)
            return (short,) if short in self._words else ()
        return ()

    def spelled(self, letters: str) -> tuple[str, int] | None:
        """Find a known word in letters sung one by one: the word and where it begins."""
        for start in range(len(letters)):
            for word in self._by_first.get(letters[start], ()):
                whole = len(word) == len(letters)
                if letters.startswith(word, start) and (whole or len(word) >= 4):
                    return word, start
        return None

    def _read_signs(self, chunk: str) -> str | None:
        if not any(sign in chunk for sign in _LOOKALIKE_SIGNS):
            return None
        choices = [_LOOKALIKE_SIGNS.get(sign, sign) for sign in chunk]
        for count, reading in enumerate(product(*choices)):
            if count >= MAX_READINGS:
                return None
            word = "".join(reading)
            if word in self._words:
                return word
            for short in self.unstretch(word):
                if short in self._words:
                    return short
        return None

    def _read_separated(self, chunk: str) -> str | None:
        parts = _SEPARATORS.split(chunk)
        if len(parts) < 3 and not (len(parts) == 2 and min(map(len, parts)) > 2):
            return None
        joined = "".join(parts)
        return joined if joined in self._words else None

    def _read_masked(self, chunk: str) -> str | None:
        first, last = chunk[:1], chunk[-1:]
        if not first.isalpha() or not any(sign in _MASKS or sign in _DASHES for sign in chunk):
            return None
        if _has_dash(chunk) and not last.isalpha():
            return None
        return next((word for word in self._by_first.get(first, ()) if _fits(chunk, word)), None)


def _is_grawlix(chunk: str) -> bool:
    found = _GRAWLIX.fullmatch(chunk)
    return found is not None and len(set(chunk)) >= 3 and not set(chunk) <= set("!?*")


def _has_dash(chunk: str) -> bool:
    return any(sign in _DASHES for sign in chunk)


def _fits(chunk: str, word: str) -> bool:
    """Say whether a masked chunk can be the word: one mask a letter, or one run of dashes for any number."""
    if _has_dash(chunk):
        return _fits_dashes(chunk, word)
    if len(chunk) != len(word) or chunk[-1] == ".":
        return False
    return all(sign in _MASKS or sign == letter for sign, letter in zip(chunk, word, strict=True))


def _fits_dashes(chunk: str, word: str) -> bool:
    head = re.match(r"[^-–—]+", chunk)
    tail = re.search(r"[^-–—]+$", chunk)
    if head is None or tail is None or head.end() > 2:
        return False
    hidden = len(word) - head.end() - len(tail.group())
    dashes = tail.start() - head.end()
    known_shape = "—" in chunk or dashes == hidden
    return hidden >= 1 and known_shape and word.startswith(head.group()) and word.endswith(tail.group())
