"""What follows when an address did not take a message. Pure."""

from dataclasses import dataclass

FIRST_SECONDS, LONGEST_SECONDS = 30.0, 3600.0
JITTER = 0.2
SWITCHED_OFF_AFTER_SECONDS = 5 * 86_400.0
# News that could not be told for so long is none any more.
STALE_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Next:
    """Nothing is sent before `not_before`; an address that `is_over` has failed for so long that it is switched off."""

    not_before: float
    is_over: bool


def after_failure(failures: int, failing_since: float, now: float, draw: float) -> Next:
    """`failures` in a row, this one included; `draw` is random, from 0 to 1."""
    wait = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(failures - 1, 20))
    return Next(now + wait * (1 + JITTER * (2 * draw - 1)), now - failing_since >= SWITCHED_OFF_AFTER_SECONDS)
