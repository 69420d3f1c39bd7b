"""Seconds in logarithmic classes: histograms that add up exactly, and percentiles with a bounded relative error. Pure.

The classes are those of DDSketch (Masson, Rim, Lee: "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with
Relative-Error Guarantees", PVLDB 12(12), 2019): class i holds what is above LEAST * GAMMA^(i-1) and at most
LEAST * GAMMA^i, so whichever of its values is meant, the middle is off by RELATIVE_ERROR at most.
"""

import math
from collections.abc import Iterable, Mapping

RELATIVE_ERROR = 0.03
GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
LEAST_SECONDS = 0.001  # less than this is as good as nothing, and all of it is class 0

_LOG_GAMMA = math.log(GAMMA)


def class_of(seconds: float) -> str:
    """The class that a duration falls into, as it is named in a histogram."""
    if seconds <= LEAST_SECONDS:
        return "0"
    return str(math.ceil(math.log(seconds / LEAST_SECONDS) / _LOG_GAMMA))


def seconds_of(name: str) -> float:
    """The duration that stands for all of a class."""
    number = int(name)
    return LEAST_SECONDS if number == 0 else 2 * LEAST_SECONDS * GAMMA**number / (GAMMA + 1)


def percentiles(histogram: Mapping[str, int], shares: Iterable[float]) -> list[float | None]:
    """The durations that these shares (0 to 1, rising) of all are not above; None of an empty histogram."""
    total = sum(histogram.values())
    if not total:
        return [None for _ in shares]
    classes = sorted((int(name), count) for name, count in histogram.items())
    found: list[float | None] = []
    place, seen = 0, classes[0][1]
    for share in shares:
        rank = share * (total - 1)
        while seen <= rank:
            place += 1
            seen += classes[place][1]
        found.append(seconds_of(str(classes[place][0])))
    return found
