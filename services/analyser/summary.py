"""The sentence that explains a rating to a person."""

from collections.abc import Sequence

from services.analyser.context import Evidence
from services.analyser.results import CATEGORIES
from services.analyser.wordlists import language_names

MAX_LINES_NAMED = 4
THROUGHOUT_LINES = 5
THROUGHOUT_SHARE = 0.2

_NAMES = {
    "profanity": "swearing",
    "sexual": "sexual content",
    "violence": "violence",
    "drugs_alcohol": "drink or drugs",
    "hate": "hateful words",
    "self_harm": "self-harm",
}


def explain(rating: str, evidence: Sequence[Evidence], line_count: int) -> str:
    """Name the concerns, the gravest first, and where they stand; `line_count` is of lines with words."""
    if not evidence:
        return "Everyone: nothing of concern was found."
    by_category = {name: [item for item in evidence if item.sense.category == name] for name in CATEGORIES}
    present = sorted((items for items in by_category.values() if items), key=_gravity)
    return f"{rating.capitalize()}: {_listed([_clause(items, line_count) for items in present])}."


def _gravity(items: Sequence[Evidence]) -> tuple[int, int]:
    return -max(item.sense.severity for item in items), -len(items)


def _clause(items: Sequence[Evidence], line_count: int) -> str:
    gravest = max(items, key=lambda item: item.sense.severity)
    numbers = sorted({item.line + 1 for item in items})
    return f"{_NAMES[gravest.sense.category]} {_where(numbers, line_count)} ({gravest.sense.label})"


def _where(numbers: Sequence[int], line_count: int) -> str:
    if len(numbers) >= THROUGHOUT_LINES and len(numbers) >= THROUGHOUT_SHARE * line_count:
        return "throughout"
    if len(numbers) > MAX_LINES_NAMED:
        return f"in {len(numbers)} lines, the first of them line {numbers[0]}"
    return f"in line{'s' if len(numbers) > 1 else ''} {_listed([str(number) for number in numbers])}"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def cannot_judge(language: str) -> str:
    """Say why there is no rating; `language` is an ISO 639-1 code or "und"."""
    if language == "und":
        return "Unknown: there are no words to judge."
    name = language_names().get(language, f"a language with the code {language}")
    return f"Unknown: the lyrics seem to be in {name}, which this analyser cannot judge."
