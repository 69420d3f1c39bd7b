"""How long a job will still take. Pure: values and instants in, seconds or None out.

An estimate has a margin, one standard error wide on either side, so that people are told "2 to 3 min" and not more
than is known. The errors of parts are taken to be independent, so their squares add up.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.jobs.registry import Step

# Below these a pace is a guess.
LEAST_PACE_SECONDS = 1.0
LEAST_PACE_ITEMS = 2
SMOOTHING = 0.3  # weight of the newest estimate
# A step whose share of the bar is this small may be missing from the history without spoiling the estimate.
NEGLIGIBLE_SHARE = 0.05
# A mean follows change: from this many samples on, the newest weighs as much as if there were no more than these.
MEMORY_SAMPLES = 10


@dataclass(frozen=True, slots=True)
class Usual:
    """How long a step took in the past; the variance is in seconds squared."""

    mean_seconds: float
    variance: float
    samples: int

    @property
    def margin_seconds(self) -> float:
        """The standard deviation to expect, as if there had also been one sample as far off as the mean is long.

        Few samples say little of how they scatter, and a single one nothing.
        """
        return math.sqrt((self.variance * self.samples + self.mean_seconds**2) / (self.samples + 1))


@dataclass(frozen=True, slots=True)
class Remaining:
    """Seconds left, and by how many that is likely to be wrong."""

    seconds: float
    margin_seconds: float

    def __add__(self, other: "Remaining") -> "Remaining":
        return Remaining(self.seconds + other.seconds, math.hypot(self.margin_seconds, other.margin_seconds))

    @property
    def low_seconds(self) -> float:
        return max(0.0, self.seconds - self.margin_seconds)

    @property
    def high_seconds(self) -> float:
        return self.seconds + self.margin_seconds


def size_class(size: int) -> int:
    """Jobs of like size share a history: floor(log2(size))."""
    return int(math.log2(max(1, size)))


def by_pace(elapsed_seconds: float, done: int, left: int) -> Remaining:
    """What `left` items take if they go on as the `done` ones did.

    The relative error of a sum of n items that scatter as widely as they are long is 1/sqrt(n); it is made twice, in
    what was seen and in what is to come.
    """
    seconds = elapsed_seconds / done * left
    return Remaining(seconds, seconds * math.sqrt(1 / done + 1 / left) if left else 0.0)


def by_history(usual: Usual, elapsed_seconds: float) -> Remaining:
    """What is left of the usual time; a step that is late may well go on for as long as it has been late."""
    late_seconds = elapsed_seconds - usual.mean_seconds
    if late_seconds <= 0:
        return Remaining(-late_seconds, usual.margin_seconds)
    return Remaining(0.0, max(late_seconds, usual.margin_seconds - late_seconds))


def remaining_in_step(
    *, elapsed_seconds: float, current: int | None, total: int | None, usual: Usual | None
) -> Remaining | None:
    """What is left of a step by its own pace, else by how long it usually takes, else None."""
    if current is not None and total and current >= LEAST_PACE_ITEMS and elapsed_seconds >= LEAST_PACE_SECONDS:
        return by_pace(elapsed_seconds, current, max(0, total - current))
    return None if usual is None else by_history(usual, elapsed_seconds)


def remaining(
    steps: Sequence[Step],
    step_name: str,
    usual: Mapping[str, Usual],
    *,
    elapsed_in_step_seconds: float,
    current: int | None,
    total: int | None,
) -> Remaining | None:
    """What is left of the whole job, or None where some step that matters has neither pace nor history."""
    names = [step.name for step in steps]
    if step_name not in names:
        return None
    left = remaining_in_step(
        elapsed_seconds=elapsed_in_step_seconds, current=current, total=total, usual=usual.get(step_name)
    )
    whole = sum(step.weight for step in steps) or 1.0
    for step in steps[names.index(step_name) + 1 :]:
        if left is None:
            return None
        known = usual.get(step.name)
        if known is not None:
            left += by_history(known, 0.0)
        elif step.weight / whole > NEGLIGIBLE_SHARE:
            return None
    return left


@dataclass(slots=True)
class Smoother:
    """Keeps an estimate from jumping: it smooths the instant of the end, not the seconds left."""

    ends_at: float | None = None

    def smooth(self, left: Remaining | None, now: float) -> Remaining | None:
        if left is None:
            self.ends_at = None
            return None
        newest = now + left.seconds
        self.ends_at = newest if self.ends_at is None else self.ends_at + SMOOTHING * (newest - self.ends_at)
        return Remaining(max(0.0, self.ends_at - now), left.margin_seconds)


def with_sample(usual: Usual | None, seconds: float) -> Usual:
    """The history after one more sample: plain for the first ten, then exponentially weighted, to follow change.

    T. Finch, "Incremental calculation of weighted mean and variance" (2009), section 9.
    """
    if usual is None:
        return Usual(seconds, 0.0, 1)
    weight = 1 / min(usual.samples + 1, MEMORY_SAMPLES)
    off = seconds - usual.mean_seconds
    return Usual(
        usual.mean_seconds + weight * off, (1 - weight) * (usual.variance + weight * off**2), usual.samples + 1
    )
