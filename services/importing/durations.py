"""Durations as people and programs write them."""

import math
import re

from services.library.songs import MAX_DURATION_SECONDS

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)")


def seconds(value: object, *, per_second: float = 1.0) -> float | None:
    """Seconds of a number (of units, `per_second` of them to a second) or of “3:45”; None for what makes no sense.

    A duration is only of help, so a bad one is left out, and not a reason to refuse a song.
    """
    clock_time = _CLOCK.fullmatch(str(value).strip())
    if clock_time:
        hours, minutes, rest = clock_time.groups()
        return _sensible(int(hours or 0) * 3600 + int(minutes) * 60 + float(rest))
    try:
        return _sensible(float(str(value)) / per_second)
    except ValueError:
        return None


def _sensible(duration: float) -> float | None:
    return duration if math.isfinite(duration) and 0 < duration <= MAX_DURATION_SECONDS else None
