"""A rate limit that all workers share."""

import logging
import threading
import time
from collections.abc import Callable

from redis import Redis, RedisError

from errors import TransientError

logger = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 5.0

# The generic cell rate algorithm (ITU-T I.371, https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm).
# KEYS[1]: the instant by which all requests so far would have been made at the even rate, in seconds of the
#          server's clock: hosts whose clocks differ still agree
# ARGV[1]: seconds between two requests at the even rate
# ARGV[2]: how far ahead of the even rate requests may be made, in seconds
# ARGV[3]: the longest wait, in seconds
# Returns {1, wait} if the request may be made after `wait` seconds, {0, wait} if that is too long and nothing
# was reserved. `wait` is a string: a Lua number would be cut to whole seconds.
RESERVE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local interval, ahead, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local arrival = tonumber(redis.call('GET', KEYS[1]) or now)
-- Further off than any reservation reaches: the server's clock was set back, or the limit was slower before.
-- The second more is for rounding.
if arrival < now or arrival > now + ahead + interval + longest + 1 then
    arrival = now
end
local wait = math.max(0, arrival - ahead - now)
if wait > longest then
    return {0, tostring(wait)}
end
arrival = arrival + interval
redis.call('SET', KEYS[1], string.format('%.6f', arrival), 'PX', math.ceil((arrival - now) * 1000))
return {1, tostring(wait)}
"""


class RateLimit:
    """Hands out turns, at most `burst` at once and `rate_per_second` in the long run, over all processes.

    | key            | type   | TTL                                 |
    |----------------|--------|-------------------------------------|
    | `key` as given | string | until the even rate has caught up   |

    While Redis fails, each process keeps the even rate by itself, so that the limit holds for one process only.
    """

    def __init__(
        self,
        redis: Redis,
        key: str,
        rate_per_second: float,
        burst: int,
        *,
        longest_wait_seconds: float = LONGEST_WAIT_SECONDS,
    ) -> None:
        self._key = key
        self._interval_seconds = 1.0 / rate_per_second
        self._ahead_seconds = (burst - 1) * self._interval_seconds
        self._longest_wait_seconds = longest_wait_seconds
        self._reserve = redis.register_script(RESERVE)
        self._alone = LocalRateLimit(self._interval_seconds, longest_wait_seconds)

    def reserve(self) -> float:
        """Take the next turn, and return how many seconds to wait for it.

        :raise TransientError: the wait would be too long; no turn was taken.
        """
        try:
            granted, wait = self._reserve(
                keys=[self._key], args=[self._interval_seconds, self._ahead_seconds, self._longest_wait_seconds]
            )
        except RedisError as e:
            logger.warning("Redis does not keep the limit %s, this process does alone: %s", self._key, e)
            return self._alone.reserve()
        if not granted:
            raise too_many(float(wait))
        return float(wait)


class LocalRateLimit:
    """Evenly spaced turns within one process.

    The first comes an interval after the start: a worker forks a process for each job, and each of them would
    have a free one.
    """

    def __init__(
        self, interval_seconds: float, longest_wait_seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval_seconds = interval_seconds
        self._longest_wait_seconds = longest_wait_seconds
        self._monotonic = monotonic
        self._last_turn = monotonic()
        self._lock = threading.Lock()

    def reserve(self) -> float:
        """As `RateLimit.reserve`."""
        with self._lock:
            now = self._monotonic()
            turn = max(now, self._last_turn + self._interval_seconds)
            if turn - now > self._longest_wait_seconds:
                raise too_many(turn - now)
            self._last_turn = turn
            return turn - now


def too_many(wait_seconds: float) -> TransientError:
    return TransientError(
        f"Too many look-ups are waiting: the next turn is {wait_seconds:.0f} s away.", retry_after_seconds=wait_seconds
    )
