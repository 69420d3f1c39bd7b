"""Texts cut into parts, so that a page can mark the words that were searched for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_CHARS = 240
BEFORE_CHARS = 60  # of a longer text, before the first word that was found


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    is_found: bool


def marked(text: str | None, q: str) -> Sequence[Part]:
    """The text in parts: those that begin as a word of the query does, and what is between; a long one is shortened
    to where the first of them is."""
    words = sorted({re.escape(word) for word in q.split()}, key=len, reverse=True)
    if not text or not words:
        return [Part(_shortened(text or "", 0), False)]
    found = re.compile(rf"\b({'|'.join(words)})", re.IGNORECASE)
    first = found.search(text)
    pieces = found.split(_shortened(text, first.start() if first else 0))
    return [Part(piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece]


def _shortened(text: str, at: int) -> str:
    if len(text) <= LONGEST_CHARS:
        return text
    start = max(0, min(at - BEFORE_CHARS, len(text) - LONGEST_CHARS))
    end = start + LONGEST_CHARS
    return f"{'… ' if start else ''}{text[start:end].strip()}{' …' if end < len(text) else ''}"
