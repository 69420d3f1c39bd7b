"""How often pollers may ask: set by this web process, when it answers more than it should."""

import math
import threading

from flask import current_app

import clock
from extensions import current_settings

MAX_PACE_MS = 30_000
# What clients do by themselves when they are told nothing; a pace below it says nothing either.
OWN_PACE_MS = 1_000
LOOK_SECONDS = 1.0
# Clients learn of a pace with their next question, and a change shows in what is counted after that.
LEAST_LAG_SECONDS = 2.0
# A request for many ids reads them in one go: measured (bench.poll), 50 ids cost as much as 1.4 requests.
IDS_OF_ONE_POLL = 100


def next_pace_ms(
    current_ms: float, polls_per_second: float, capacity: float, *, elapsed_seconds: float = LOOK_SECONDS
) -> float:
    """The pace after `elapsed_seconds` at this rate: 0 where none needs to be set, at most 30 s. Pure.

    An integral controller on the pace's logarithm. Where clients obey, their rate is inverse to the pace, so it stands
    still where the rate meets the capacity. Its gain is one over the time that a change takes to show: with more it
    would swing.
    """
    lag_seconds = LEAST_LAG_SECONDS + current_ms / 1000
    gain = min(1.0, elapsed_seconds / lag_seconds)
    ratio = max(polls_per_second, 0.01) / capacity
    pace_ms = max(current_ms, OWN_PACE_MS) * math.exp(gain * math.log(ratio))
    return 0.0 if pace_ms <= OWN_PACE_MS else min(pace_ms, MAX_PACE_MS)


class Pace:
    """The pace of one process, and the polls that it has answered since it was last set."""

    def __init__(self, capacity: float) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._polls = 0.0
        self._since = clock.monotonic()
        self._pace_ms = 0.0

    def after(self, ids: int) -> int:
        """Count one request for so many ids; after how many ms its sender may ask again, 0 if whenever it likes."""
        with self._lock:
            self._polls += 1 + (ids - 1) / IDS_OF_ONE_POLL
            elapsed = clock.monotonic() - self._since
            if elapsed >= LOOK_SECONDS:
                self._pace_ms = next_pace_ms(
                    self._pace_ms, self._polls / elapsed, self._capacity, elapsed_seconds=elapsed
                )
                self._polls, self._since = 0.0, clock.monotonic()
            return round(self._pace_ms)

    @classmethod
    def of_this_app(cls) -> "Pace":
        known: Pace | None = current_app.extensions.get("backbeat_pace")
        if known is None:
            known = current_app.extensions.setdefault("backbeat_pace", cls(current_settings().polls_per_second))
        return known
