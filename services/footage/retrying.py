"""When a record that failed is taken up again, or that it is set aside for a person. Pure: facts in, a decision out."""

from dataclasses import dataclass

from services.jobs.failure import backoff_seconds

MAX_FAILURES = 5  # in a row, at one step


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong with a step: a code, a sentence for people, and what is known of trying again.

    `is_final`: trying again cannot help. `asked_seconds`: an outside service wants to be left alone for so long.
    """

    code: str
    sentence: str
    is_final: bool = False
    asked_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Later:
    """It is taken up again after so many seconds; `failures` it has by then."""

    failures: int
    delay_seconds: float


@dataclass(frozen=True, slots=True)
class SetAside:
    """A person has to look at it."""

    failures: int


def decide(
    problem: Problem, *, failures_before: int, base_seconds: float, chance: float | None = None
) -> Later | SetAside:
    """After n failures in a row: `base * 2^(n-1)` seconds with jitter, at most 15 minutes; set aside after five."""
    failures = failures_before + 1
    if problem.is_final or failures >= MAX_FAILURES:
        return SetAside(failures)
    delay = backoff_seconds(failures - 1, base_seconds=base_seconds, chance=chance)
    return Later(failures, max(problem.asked_seconds, delay))
