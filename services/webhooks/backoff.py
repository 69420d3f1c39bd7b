"""When a message is tried again, and what its receiver's answer means. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

# From one try to the next. The schedule of Standard Webhooks, but for the last: 24 h there, 20 h here, so that a
# message is given up within three days and not after them.
GAPS_SECONDS = (5.0, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 20 * HOUR)
MAX_TRIES = len(GAPS_SECONDS) + 1
WITHIN_SECONDS = 3 * DAY
JITTER = 0.1  # a gap is up to this part shorter, never longer

MAX_RETRY_AFTER_SECONDS = DAY
SLOW_DOWN_SECONDS = 60.0
OVERLOADED = frozenset({429, 502, 504})
GONE = 410
SWITCH_OFF_AFTER_SECONDS = 5 * DAY
# Without a try for so long nothing was owed: what is owed is tried each day, however long the receiver has us wait.
SILENCE_SECONDS = 2 * DAY


@dataclass(frozen=True, slots=True)
class Later:
    """Try again in so many seconds; `whole_endpoint_seconds` is how long its other messages wait, too."""

    delay_seconds: float
    whole_endpoint_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class GiveUp:
    """That was the last try."""


@dataclass(frozen=True, slots=True)
class SwitchOff:
    """Nothing more is sent to the endpoint, for this reason."""

    reason: str


Decision = Later | GiveUp | SwitchOff


def is_success(code: int | None) -> bool:
    """2xx only: a redirect is a failure, for it is not followed."""
    return code is not None and 200 <= code < 300


def after_failure(
    *,
    tries: int,
    code: int | None,
    retry_after_seconds: float | None,
    age_seconds: float,
    failing_seconds: float,
    others_failed: bool,
    chance: Callable[[], float],
) -> Decision:
    """What follows a try that failed.

    :param tries: how many there were, this one included
    :param code: the answer's status; None without an answer
    :param age_seconds: since the message was first due, or was last asked for by hand
    :param failing_seconds: since the endpoint's first failure after its last success, or after a long silence
    :param others_failed: whether other messages to the endpoint have failed within the last day
    :param chance: a random number from 0 to 1
    """
    if code == GONE:
        return SwitchOff("It answered 410 Gone, which asks for no more messages.")
    is_spent = tries >= MAX_TRIES or age_seconds >= WITHIN_SECONDS
    # One failure weeks after another is not weeks of failure: nothing may have been sent in between.
    if failing_seconds >= SWITCH_OFF_AFTER_SECONDS and (is_spent or others_failed):
        return SwitchOff("Every message to it has failed for five days.")
    if is_spent:
        return GiveUp()
    gap = GAPS_SECONDS[tries - 1] * (1 - JITTER * chance())
    pause = _asked_pause(code, retry_after_seconds)
    # What the receiver asks for may take the place of a gap, but not stretch the whole beyond its three days.
    least = SLOW_DOWN_SECONDS if code in OVERLOADED else 0.0
    return Later(max(gap, least, min(pause, WITHIN_SECONDS - age_seconds)), pause)


def _asked_pause(code: int | None, retry_after_seconds: float | None) -> float:
    asked = min(retry_after_seconds or 0.0, MAX_RETRY_AFTER_SECONDS)
    return max(asked, SLOW_DOWN_SECONDS) if code in OVERLOADED else asked


def retry_after(header: str | None, now: float) -> float | None:
    """What a Retry-After header asks for, in seconds, as a number or a date (RFC 9110, 10.2.3); None if unclear."""
    if header is None:
        return None
    if re.fullmatch(r"\d{1,9}", header.strip(), re.ASCII):
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - now)
    except (ValueError, OverflowError):
        return None
