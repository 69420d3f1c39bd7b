"""From evidence to findings: one for each place and category, in the reader's order."""

from collections.abc import Sequence

from services.analyser.context import Evidence
from services.analyser.results import CATEGORIES, Finding
from services.analyser.tokens import Token

MAX_WORDS_CHARACTERS = 80

_REASONS = {
    "profanity": "Uses {}.",
    "sexual": "Speaks of {}.",
    "violence": "Tells of {}.",
    "drugs_alcohol": "Mentions {}.",
    "hate": "Voices {}.",
    "self_harm": "Tells of {}.",
}


def merge(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Keep the gravest of those that overlap in one category, widest first among equals."""
    taken: set[tuple[int, str, int]] = set()
    kept: list[Evidence] = []
    for item in sorted(evidence, key=lambda item: (-item.sense.severity, item.first - item.last, item.first)):
        places = [(item.line, item.sense.category, token) for token in range(item.first, item.last + 1)]
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(item)
    return sorted(kept, key=_place)


def as_finding(item: Evidence, lines: Sequence[str], tokens: Sequence[Sequence[Token]]) -> Finding:
    """Say it for a person, in the words of the lyrics."""
    line = tokens[item.line]
    words = lines[item.line][line[item.first].start : line[item.last].end]
    reason = _REASONS[item.sense.category].format(item.sense.label)
    return Finding(item.sense.category, item.sense.severity, item.line + 1, words[:MAX_WORDS_CHARACTERS], reason)


def _place(item: Evidence) -> tuple[int, int, int]:
    return item.line, item.first, CATEGORIES.index(item.sense.category)
