"""How long a job will still take. Pure: values and instants in, seconds or None out."""

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


def size_class(size: int) -> int:
    """Jobs of like size share a history: floor(log2(size))."""
    return int(math.log2(max(1, size)))


def remaining_in_step(
    *, elapsed_seconds: float, current: int | None, total: int | None, usual_seconds: float | None
) -> float | None:
    """Seconds left in a step by its own pace, else by how long it usually takes, else None."""
    if current is not None and total and current >= LEAST_PACE_ITEMS and elapsed_seconds >= LEAST_PACE_SECONDS:
        return elapsed_seconds / current * max(0, total - current)
    if usual_seconds is not None:
        return max(0.0, usual_seconds - elapsed_seconds)
    return None


def remaining(
    steps: Sequence[Step],
    step_name: str,
    usual_seconds: Mapping[str, float],
    *,
    elapsed_in_step_seconds: float,
    current: int | None,
    total: int | None,
) -> float | None:
    """Seconds left in the whole job, or None where some step that matters has neither pace nor history."""
    names = [step.name for step in steps]
    if step_name not in names:
        return None
    here = remaining_in_step(
        elapsed_seconds=elapsed_in_step_seconds,
        current=current,
        total=total,
        usual_seconds=usual_seconds.get(step_name),
    )
    if here is None:
        return None
    whole = sum(step.weight for step in steps) or 1.0
    later = 0.0
    for step in steps[names.index(step_name) + 1 :]:
        usual = usual_seconds.get(step.name)
        if usual is None and step.weight / whole > NEGLIGIBLE_SHARE:
            return None
        later += usual or 0.0
    return here + later


@dataclass(slots=True)
class Smoother:
    """Keeps an estimate from jumping: it smooths the instant of the end, not the seconds left."""

    ends_at: float | None = None

    def smooth(self, remaining_seconds: float | None, now: float) -> float | None:
        if remaining_seconds is None:
            self.ends_at = None
            return None
        newest = now + remaining_seconds
        self.ends_at = newest if self.ends_at is None else self.ends_at + SMOOTHING * (newest - self.ends_at)
        return max(0.0, self.ends_at - now)


def weighted_mean(mean_seconds: float, samples: int, new_seconds: float) -> float:
    """The mean after one more sample: plain for the first ten, then exponentially weighted, to follow change."""
    weight = 1 / min(samples + 1, 10)
    return mean_seconds + weight * (new_seconds - mean_seconds)
