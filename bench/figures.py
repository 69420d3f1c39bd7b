"""The arithmetic of measurements: ratios within a round, spread, and how a cost grows. Pure."""

import math
from collections.abc import Sequence
from statistics import linear_regression, median

# A slope within this of zero is noise: machines measure no better.
FLAT = 0.1


def middle(values: Sequence[float]) -> float:
    """Their median; nan where there are none."""
    return median(values) if values else math.nan


def ratios(values: Sequence[float], bases: Sequence[float]) -> list[float]:
    """Each to the base of its own round; nan where that is nought."""
    return [value / base if base else math.nan for value, base in zip(values, bases, strict=True)]


def spread(values: Sequence[float]) -> float:
    """How far the extremes lie apart, as a part of the median."""
    return (max(values) - min(values)) / abs(middle(values)) if values and middle(values) else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of them do not exceed; nan where there are none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def slope(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The exponent k of the cost ~ size^k that fits best: least squares of the logarithms. Nan below two sizes."""
    points = [(math.log(size), math.log(cost)) for size, cost in zip(sizes, costs, strict=True) if size > 0 < cost]
    if len({x for x, _ in points}) < 2:
        return math.nan
    return linear_regression([x for x, _ in points], [y for _, y in points]).slope


def slope_in_words(exponent: float) -> str:
    """What a slope means for whoever adds more: "flat", "grows as n^0.3", "falls as n^-0.5"."""
    if math.isnan(exponent):
        return "too few sizes to tell"
    if abs(exponent) < FLAT:
        return "flat"
    if abs(exponent - 1) < FLAT:
        return "grows in proportion"
    return f"{'grows' if exponent > 0 else 'falls'} as n^{exponent:.1f}"
