"""When a render is looked at. Pure: seconds in, seconds out."""

from zlib import crc32

FIRST_CHECK_SECONDS = 300.0
YOUNG_SECONDS = 3600.0
# Of those that are older: the longer it has taken, the longer it may still take.
OLDER_SECONDS = (300.0, 540.0)  # with the jitter, at most ten minutes
SLOWEST_FROM_SECONDS = 6 * 3600.0
# Where nobody answers: twice as long each time, but never so long that the end of an outage goes unnoticed.
LONGEST_BACKOFF_SECONDS = 900.0
DOUBLINGS = 6
JITTER = 0.1
# So much of an interval, so that what was due at one cycle is due at the next, whatever their seconds and the jitter.
SHARE_OF_INTERVAL = 0.6
# A render that was given up: its output may have been put somewhere else first, and copied over later.
EXPIRED_SECONDS = 3600.0
EXPIRED_FOR_SECONDS = 7 * 86_400.0


def next_check_seconds(age_seconds: float, check_errors: int, *, interval_seconds: float, chance: float = 0.0) -> float:
    """After how many seconds it is looked at again. `check_errors` looks in a row nobody answered; `chance` is from 0
    to 1, and spreads those that were begun together.

    >>> next_check_seconds(0, 0, interval_seconds=120)
    300.0
    >>> next_check_seconds(600, 0, interval_seconds=120)
    72.0
    >>> next_check_seconds(5 * 3600, 0, interval_seconds=120)
    492.0
    """
    usual = _usual_seconds(age_seconds, interval_seconds)
    patient = min(usual * 2.0 ** min(check_errors, DOUBLINGS), max(usual, LONGEST_BACKOFF_SECONDS))
    return patient * (1 + JITTER * chance)


def _usual_seconds(age_seconds: float, interval_seconds: float) -> float:
    if age_seconds < FIRST_CHECK_SECONDS:
        return FIRST_CHECK_SECONDS - age_seconds
    often = interval_seconds * SHARE_OF_INTERVAL
    if age_seconds < YOUNG_SECONDS:
        return often
    least, most = OLDER_SECONDS
    grown = (age_seconds - YOUNG_SECONDS) / (SLOWEST_FROM_SECONDS - YOUNG_SECONDS)
    return max(often, min(most, least + (most - least) * grown))


def chance_of(render_id: str, checks: int) -> float:
    """From 0 to 1, another at each look, and the same however often it is asked for."""
    return crc32(f"{render_id}:{checks}".encode()) / 2**32
