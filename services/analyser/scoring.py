"""From evidence to a rating, and to a score that agrees with it."""

import math
from collections.abc import Sequence

from services.analyser.context import Evidence

_WEIGHTS = {1: 1.0, 2: 3.0, 3: 8.0}
_CAN_BE_TEEN_ONCE = frozenset(("violence", "profanity", "drugs_alcohol"))
_DRUGS_LABEL = "drugs"
ISOLATED_LINES = 3

# Lowest and highest score of each rating, and the weight of evidence that takes the score half way up.
_BANDS = {"everyone": (0, 9, 2.0), "teen": (10, 39, 5.0), "mature": (40, 69, 16.0), "explicit": (70, 100, 30.0)}


def rate(evidence: Sequence[Evidence]) -> str:
    """Rate by the gravest of each category, as evaluation/README.md sets down."""
    levels: dict[str, int] = {}
    for item in evidence:
        levels[item.sense.category] = max(levels.get(item.sense.category, 0), item.sense.severity)
    if not levels:
        return "everyone"
    gravest = max(levels.values())
    if gravest == 3:
        return "explicit"
    grave = [category for category, level in levels.items() if level == gravest]
    if gravest == 1 or (len(grave) == 1 and _is_isolated(grave[0], evidence)):
        return "teen"
    return "mature"


def score(rating: str, evidence: Sequence[Evidence]) -> int:
    """Give 0 to 100: the rating sets the band, the weight of the evidence the place within it."""
    weight = sum(_WEIGHTS[item.sense.severity] for item in evidence)
    if rating not in _BANDS or not weight:
        return 0
    low, high, half = _BANDS[rating]
    return low + round((high - low) * (1 - math.exp2(-weight / half)))


def _is_isolated(category: str, evidence: Sequence[Evidence]) -> bool:
    """Say whether a category's severity 2 is a single matter that a teenager may hear."""
    grave = [item for item in evidence if item.sense.category == category and item.sense.severity == 2]
    has_drugs = any(item.sense.label == _DRUGS_LABEL for item in grave)
    few = len({item.line for item in grave}) <= ISOLATED_LINES
    return category in _CAN_BE_TEEN_ONCE and few and not has_drugs
