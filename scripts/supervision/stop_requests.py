"""Ctrl-C, SIGTERM and SIGHUP as requests that are looked at between steps, never in the middle of one."""

import signal
import time
from types import FrameType

# `make` and `timeout` pass a signal on that the terminal has sent us already: that is no second request.
SECOND_REQUEST_AFTER_SECONDS = 0.7


class StopRequested(Exception):
    """Somebody asked for the end."""


class StopRequests:
    """Counts the requests to stop from now on: one means warmly, a later one at once."""

    def __init__(self) -> None:
        self._first_at: float | None = None
        self.urgent = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
            signal.signal(signal.SIGHUP, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._first_at is None:
            self._first_at = now
        elif now - self._first_at > SECOND_REQUEST_AFTER_SECONDS:
            self.urgent = True

    def raise_if_any(self) -> None:
        """:raise StopRequested: if there was one."""
        if self._first_at is not None:
            raise StopRequested
