"""Cron expressions of five fields, in UTC. Pure; `croniter` knows the calendar, `cron_descriptor` the words."""

from cron_descriptor import FormatError, Options, get_description
from croniter import croniter
from croniter.croniter import CroniterError

from errors import InvalidInput

FIELDS = 5
MAX_CHARS = 100


def check(cron: str) -> str:
    """The expression with single spaces.

    :raise InvalidInput: if it is none, has not five fields, or names no time that ever comes.
    """
    tidy = " ".join(cron.split())
    if len(tidy.split(" ")) != FIELDS or len(tidy) > MAX_CHARS:
        raise _refusal(cron, "it needs five fields: minute, hour, day of the month, month, day of the week")
    try:
        croniter(tidy, 0.0).get_next(float)
        in_words(tidy)  # croniter also takes what cannot be told, such as R for any minute
    except (CroniterError, FormatError, ValueError, KeyError) as e:
        raise _refusal(cron, str(e).rstrip(".")) from e
    return tidy


def _refusal(cron: str, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{cron[:MAX_CHARS]!r} is no time to run at: {reason}.",
        code="bad_cron",
        details={"cron": "five fields in UTC, such as 15 3 * * * for 03:15 each day"},
    )


def next_time(cron: str, after: float) -> float:
    """The first instant after `after` that fits."""
    return float(croniter(cron, after).get_next(float))


def next_times(cron: str, after: float, number: int = 3) -> list[float]:
    times = croniter(cron, after)
    return [float(times.get_next(float)) for _ in range(number)]


def in_words(cron: str) -> str:
    """`At 03:15`, `Every 15 minutes`; the times are in UTC."""
    options = Options()
    options.use_24hour_time_format = True
    return str(get_description(cron, options))
