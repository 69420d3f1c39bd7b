"""A circuit breaker for Redis (M. Nygard, "Release It!"): once it is gone, nobody else waits to find that out.

Nor does anybody wait to find out that it is back: one short thread at a time asks, and all go on without it meanwhile.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.connection import DefaultParser
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry
from redis.utils import SENTINEL

import clock

T = TypeVar("T")
REFUSAL = "Redis could not be reached a moment ago."


class Breaker(Retry):
    """Sees every call of a pool, tries none again, and counts none as failed that Redis answered with an error.

    It opens at one call that failed, for a short while, since that may be a hiccup; or at some slow ones in a row,
    since a Redis that answers late is no better than one that is gone. Each probe that fails doubles the while, and so
    does every time that it opens for slowness again soon after it has closed.
    """

    FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 2.0
    SLOW_SECONDS, SLOW_IN_A_ROW = 0.25, 3
    RELAPSE_SECONDS = 10.0

    def __init__(self) -> None:
        super().__init__(NoBackoff(), 0)
        self._lock = threading.Lock()
        self._is_open = False
        self._pause_seconds = 0.0  # the last one
        self._refuse_until = self._closed_at = float("-inf")
        self._slow = 0
        self._prober: threading.Thread | None = None
        self._here = threading.local()

    def __deepcopy__(self, _memo: object) -> "Breaker":
        return self  # redis-py copies it for each connection, and what one of them learns is for all

    def admit(self, probe: Callable[[], object]) -> None:
        """:raise RedisConnectionError: at once while Redis is taken to be gone; now and then that starts a probe."""
        if not self._is_open:
            return
        with self._lock:
            # One that was lost in a fork is not alive.
            is_probing = self._prober is not None and self._prober.is_alive()
            if clock.monotonic() >= self._refuse_until and not is_probing:
                self._start(threading.Thread(target=self._try, args=(probe,), name="redis-probe", daemon=True))
        raise RedisConnectionError(REFUSAL)

    def _start(self, prober: threading.Thread) -> None:
        try:
            prober.start()
        except RuntimeError as e:  # the system gives no more threads
            self._refuse_until = clock.monotonic() + self.LONGEST_PAUSE_SECONDS
            raise RedisConnectionError(REFUSAL) from e
        self._prober = prober

    def call_with_retry(self, do: Callable[[], T], *args: Any, **kwargs: Any) -> T:
        """What redis-py puts every connect, command and pipeline through."""
        begun = self._here.begun = clock.monotonic()
        try:
            answer = super().call_with_retry(do, *args, **kwargs)
        except (RedisConnectionError, RedisTimeoutError):
            self.failed()
            raise
        finally:
            self._here.begun = None
        if not getattr(self._here, "is_connecting", False):
            self.answered(clock.monotonic() - begun)
        return answer

    @contextmanager
    def connecting(self) -> Iterator[None]:
        """What is called within is no answer: redis-py connects before each command, mostly to find that it has."""
        self._here.is_connecting = True
        try:
            yield
        finally:
            self._here.is_connecting = False

    def seconds_left(self, total_seconds: float) -> float:
        """What is left of that time for the call that this thread is in; all of it where it is in none.

        :raise RedisTimeoutError: if nothing is.
        """
        begun = getattr(self._here, "begun", None)
        left = total_seconds if begun is None else begun + total_seconds - clock.monotonic()
        if left <= 0:
            raise RedisTimeoutError("Redis took too long to answer as a whole.")
        return left

    def failed(self) -> None:
        if not self._is_open:
            self._open(self.FIRST_PAUSE_SECONDS)

    def answered(self, seconds: float) -> None:
        self._slow = self._slow + 1 if seconds > self.SLOW_SECONDS else 0
        if self._slow >= self.SLOW_IN_A_ROW and not self._is_open:
            relapsed = clock.monotonic() - self._closed_at < self.RELAPSE_SECONDS
            self._open(2 * self._pause_seconds if relapsed else self.FIRST_PAUSE_SECONDS)

    def _open(self, pause_seconds: float) -> None:
        with self._lock:
            self._is_open, self._slow = True, 0
            self._pause_seconds = min(pause_seconds, self.LONGEST_PAUSE_SECONDS)
            self._refuse_until = clock.monotonic() + self._pause_seconds

    def _try(self, probe: Callable[[], object]) -> None:
        """Close if the probe succeeds; else stay open for longer."""
        try:
            probe()
        except (RedisError, OSError):
            self._open(2 * self._pause_seconds)
        else:
            self._closed_at, self._slow, self._is_open = clock.monotonic(), 0, False


class WholeAnswerParser(DefaultParser):  # type: ignore[valid-type, misc] # picked by what is installed
    """Keeps the time limit for all of an answer: redis-py limits each single read, and answers may drip."""

    def on_connect(self, connection: Any, **kwargs: Any) -> None:
        # The connection of a probe goes past the breaker, and measures for itself.
        self._breaker = connection.retry if isinstance(connection.retry, Breaker) else None
        super().on_connect(connection, **kwargs)

    def read_response(self, *args: Any, **kwargs: Any) -> Any:
        self._has_read = False
        return super().read_response(*args, **kwargs)

    def read_from_socket(self, timeout: Any = SENTINEL, raise_on_timeout: bool = True) -> Any:
        # The first read may take as long as redis-py allows anyway, and most answers are all there then.
        if self._has_read and self._breaker and timeout is SENTINEL:
            timeout = self._breaker.seconds_left(self._socket_timeout)
        self._has_read = True
        return super().read_from_socket(timeout, raise_on_timeout)


class BreakerPool(ConnectionPool):
    """A pool that refuses at once what its breaker does not admit."""

    ECHO = b"." * 1024  # as long as a progress document
    ECHOES = 3

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.breaker = Breaker()
        super().__init__(*args, **kwargs, retry=self.breaker, parser_class=WholeAnswerParser)

    def get_connection(self, *args: Any, **kwargs: Any) -> Any:
        self.breaker.admit(self.ping)
        with self.breaker.connecting():
            return super().get_connection(*args, **kwargs)

    def ping(self) -> None:
        """Have Redis echo a document on a connection of its own, past the breaker; if it does, forget the idle ones,
        which may lead to where Redis was before.

        :raise RedisError: if it does not, or not once quickly.
        """
        connection = self.connection_class(**{**self.connection_kwargs, "retry": Retry(NoBackoff(), 0)})
        try:
            connection.connect()
            # The best of some: a process that gets no processor must not take a healthy Redis for slow.
            if not any(self._echoes_quickly(connection) for _ in range(self.ECHOES)):
                raise RedisTimeoutError("Redis answers, but slowly.")
        finally:
            connection.disconnect()
        self.disconnect(inuse_connections=False)

    def _echoes_quickly(self, connection: Any) -> bool:
        begun = clock.monotonic()
        connection.send_command("ECHO", self.ECHO)
        connection.read_response()
        return clock.monotonic() - begun <= self.breaker.SLOW_SECONDS
