"""What a process has found out about who asks, for a second, so that a page that polls costs no SQL.

What changes in this process is forgotten here at once; other processes go by what they know for that second longer, or
as long as a mark in Redis says that nothing has changed (`recalling`). While the database cannot be asked, what was
known last holds on for a while: then those who poll are still told how far their jobs are, and nothing can be changed
anyway.
"""

import threading
from collections.abc import Callable, Hashable
from typing import NamedTuple, TypeVar, cast
from weakref import WeakKeyDictionary

import structlog
from cachetools import TTLCache
from redis.exceptions import RedisError
from sqlalchemy import Engine

import clock
from extensions import DATABASE_AWAY, db, redis
from store import polling

log = structlog.get_logger(__name__)

T = TypeVar("T")

SECONDS = 1.0
WITHOUT_DATABASE_SECONDS = 60.0
ENTRIES = 4096

OPEN, LOCAL = "is_open", "local"  # keys of the two answers that are about nobody in particular


def of_key(digest: str) -> Hashable:
    return ("key", digest)


def of_sign_in(digest: str) -> Hashable:
    return ("sign_in", digest)


class Known(NamedTuple):
    """An answer, and when it was asked for (monotonic seconds)."""

    asked_at: float
    answer: object


class ShortMemory:
    """Answers by key with when they were asked for, kept for a second; what is None is asked for again each time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: TTLCache[Hashable, Known] = TTLCache(
            ENTRIES, WITHOUT_DATABASE_SECONDS, timer=lambda: clock.monotonic()
        )
        self._generation = 0

    def recall(self, key: Hashable, find: Callable[[], T]) -> T:
        """What is known for `key`, else what `find` returns; what that raises if nothing was known lately."""
        with self._lock:
            known = self._known.get(key)
            generation = self._generation
        asked_at = clock.monotonic()
        if known is not None and asked_at < known.asked_at + SECONDS:
            return cast(T, known.answer)
        try:
            found = find()
        except DATABASE_AWAY as e:
            if known is None:
                raise
            db.session.rollback()  # else the session would refuse whatever is asked of it after this
            log.warning("identity_from_memory", error=type(e).__name__)
            return cast(T, known.answer)
        self._keep(key, found, asked_at, generation)
        return found

    def peek(self, key: Hashable, since: float) -> Known | None:
        """What was asked for at `since` (monotonic seconds) or later; None if nothing was, or it came to nothing."""
        with self._lock:
            known = self._known.get(key)
        return known if known is not None and known.asked_at >= since else None

    def _keep(self, key: Hashable, found: object, asked_at: float, generation: int) -> None:
        with self._lock:
            if found is None:
                self._known.pop(key, None)
            elif generation == self._generation:  # not what was read before somebody changed it
                self._known[key] = Known(asked_at, found)

    def forget(self) -> None:
        with self._lock:
            self._generation += 1
            self._known.clear()


_of_engine: WeakKeyDictionary[Engine, ShortMemory] = WeakKeyDictionary()
_lock = threading.Lock()


def current() -> ShortMemory:
    """What this process knows of the current app's database."""
    engine = db.engine
    with _lock:
        if engine not in _of_engine:
            _of_engine[engine] = ShortMemory()
        return _of_engine[engine]


def forget() -> None:
    """After every change of who may come in, once it is committed: here, and by a mark in Redis everywhere else."""
    current().forget()
    try:
        polling.mark_change(redis.client)
    except RedisError as e:  # then others believe what they know for as long as `recalling` lets them
        log.warning("change_of_access_not_marked", error=str(e))
