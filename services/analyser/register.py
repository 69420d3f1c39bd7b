"""The register of a passage: whether it prays."""

from collections.abc import Sequence

from services.analyser.tokens import Token
from services.analyser.wordlists import word_lists

WINDOW_LINES = 4
WORDS_NEEDED = 3


def devotional_lines(lines: Sequence[Sequence[Token]]) -> frozenset[int]:
    """Give the lines around which enough different words of prayer stand."""
    devotional = word_lists("registers")["devotional"]
    found = [{token.text for token in tokens} & devotional for tokens in lines]
    return frozenset(line for line in range(len(lines)) if len(_around(found, line)) >= WORDS_NEEDED)


def _around(found: Sequence[set[str]], line: int) -> set[str]:
    return set().union(*found[max(0, line - WINDOW_LINES) : line + WINDOW_LINES + 1])
