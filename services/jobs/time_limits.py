"""A time limit within a ring's own, which RQ keeps by the process' alarm clock."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Let the alarm that is set ring after so many seconds, if not before; what is left of it goes on after."""
    left_seconds, _ = signal.getitimer(signal.ITIMER_REAL)
    if not seconds < left_seconds:  # or none is set: this is no ring
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        spent_seconds = seconds - signal.getitimer(signal.ITIMER_REAL)[0]
        signal.setitimer(signal.ITIMER_REAL, left_seconds - spent_seconds)
