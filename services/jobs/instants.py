"""Instants as people write them, and as job ids bear them."""

import re
from datetime import UTC, datetime, timedelta

from ulid import ULID

from errors import InvalidInput

_AGE = re.compile(r"(\d{1,5})\s*(m|min|h|d)")
_UNIT_SECONDS = {"m": 60, "min": 60, "h": 3600, "d": 86_400}
_LAST = 4_102_444_800.0  # the year 2100
ALLOWED = "a time such as 2026-11-22, 2026-11-22T14:30 (UTC), 2026-11-22T14:30+02:00, or an age such as 30m, 24h, 7d"


def is_age(text: str) -> bool:
    """Whether it is meant from now on backwards, such as `24h`."""
    return _AGE.fullmatch(text.strip().lower()) is not None


def parse(text: str, *, field: str, now: float, ends_day: bool = False) -> float:
    """Seconds since the epoch. What names no zone is UTC; a day alone is its first moment, or its last with `ends_day`.

    :raise InvalidInput: naming the field, and what it may be.
    """
    text = text.strip()
    age = _AGE.fullmatch(text.lower())
    try:
        instant = now - int(age[1]) * _UNIT_SECONDS[age[2]] if age else _absolute(text, ends_day)
    except (ValueError, OverflowError):
        instant = -1.0
    if not 0 <= instant <= _LAST:
        raise InvalidInput(f"{text[:60]!r} is not a time that can be used for {field!r}.", details={field: ALLOWED})
    return instant


def _absolute(text: str, ends_day: bool) -> float:
    moment = datetime.fromisoformat(text)
    if ends_day and len(text) == len("2026-11-22"):
        moment += timedelta(days=1)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def first_id_at(instant: float) -> str:
    """The least id that a job of that moment or later can have: ids are ULIDs, which begin with the time."""
    return str(ULID(round(instant * 1000).to_bytes(6, "big") + bytes(10)))


def instant_of_id(job_id: str) -> float:
    """When an id was made, in seconds since the epoch."""
    return ULID.from_str(job_id).timestamp
