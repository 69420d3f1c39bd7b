"""A circuit breaker for Redis (M. Nygard, "Release It!"): once it is gone, nobody else waits to find that out.

Nor does anybody wait to find out that it is back: one short thread at a time asks, and all go on without it meanwhile.
"""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

import clock

T = TypeVar("T")
REFUSAL = "Redis could not be reached a moment ago."


class Breaker(Retry):
    """Sees every call of a pool, tries none again, and counts none as failed that Redis answered with an error.

    It opens at one call that failed, for a short while, since that may be a hiccup; or at some slow ones in a row,
    since a Redis that answers late is no better than one that is gone. Each probe that fails doubles the while.
    """

    FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 2.0
    PROBE_SECONDS = 5.0  # a probe that has told nothing by then is taken for lost, as after a fork
    SLOW_SECONDS, SLOW_IN_A_ROW = 0.25, 3

    def __init__(self) -> None:
        super().__init__(NoBackoff(), 0)
        self._lock = threading.Lock()
        self._pause_seconds = 0.0  # 0: closed
        self._refuse_until = float("-inf")
        self._slow = 0

    def __deepcopy__(self, _memo: object) -> "Breaker":
        return self  # redis-py copies it for each connection, and what one of them learns is for all

    def admit(self, probe: Callable[[], object]) -> None:
        """:raise RedisConnectionError: at once while Redis is taken to be gone; now and then that starts a probe."""
        if not self._pause_seconds:
            return
        with self._lock:
            now = clock.monotonic()
            if now >= self._refuse_until:
                self._refuse_until = now + self.PROBE_SECONDS
                threading.Thread(target=self._try, args=(probe,), name="redis-probe", daemon=True).start()
        raise RedisConnectionError(REFUSAL)

    def call_with_retry(self, do: Callable[[], T], *args: Any, **kwargs: Any) -> T:
        """What redis-py puts every connect, command and pipeline through."""
        begun = clock.monotonic()
        try:
            answer = super().call_with_retry(do, *args, **kwargs)
        except (RedisConnectionError, RedisTimeoutError):
            self.failed()
            raise
        self.answered(clock.monotonic() - begun)
        return answer

    def failed(self) -> None:
        if not self._pause_seconds:
            self._open(self.FIRST_PAUSE_SECONDS)

    def answered(self, seconds: float) -> None:
        self._slow = self._slow + 1 if seconds > self.SLOW_SECONDS else 0
        if self._slow >= self.SLOW_IN_A_ROW:
            self.failed()

    def _open(self, pause_seconds: float) -> None:
        with self._lock:
            self._pause_seconds, self._slow = pause_seconds, 0
            self._refuse_until = clock.monotonic() + pause_seconds

    def _try(self, probe: Callable[[], object]) -> None:
        """Close if the probe is answered, within the socket's own limits; else open for longer.

        Not by the clock on the wall: a process that gets no processor must not take a healthy Redis for gone.
        """
        try:
            probe()
        except (RedisError, OSError):
            self._open(min(2 * self._pause_seconds, self.LONGEST_PAUSE_SECONDS))
        else:
            self._pause_seconds = 0.0


class BreakerPool(ConnectionPool):
    """A pool that refuses at once what its breaker does not admit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.breaker = Breaker()
        super().__init__(*args, **kwargs, retry=self.breaker)

    def get_connection(self, *args: Any, **kwargs: Any) -> Any:
        self.breaker.admit(self.ping)
        return super().get_connection(*args, **kwargs)

    def ping(self) -> None:
        """Ask Redis for a sign of life on a connection of its own, past the breaker."""
        connection = self.connection_class(**{**self.connection_kwargs, "retry": Retry(NoBackoff(), 0)})
        try:
            connection.send_command("PING")
            connection.read_response()
        finally:
            connection.disconnect()
