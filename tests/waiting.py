"""Waiting for something that another process does."""

import time
from collections.abc import Callable

from redis.exceptions import RedisError


def wait_until(happens: Callable[[], object], what: str, *, within_seconds: float = 60.0) -> None:
    """Return as soon as `happens()` is true, or raises no error any more.

    :raise AssertionError: if it does not within the time.
    """
    deadline = time.monotonic() + within_seconds
    error: Exception | None = None
    while time.monotonic() < deadline:
        try:
            if happens():
                return
        except (OSError, AssertionError, RedisError) as e:
            error = e
        time.sleep(0.02)
    raise AssertionError(f"It did not happen within {within_seconds} s that {what}.") from error
