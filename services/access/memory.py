"""What a process has found out about who asks, for a second, so that a page that polls costs no SQL.

What changes in this process is forgotten here at once; other processes go by what they know for that second longer.
While the database cannot be asked, what was known last holds on for a while: then those who poll are still told how
far their jobs are, and nothing can be changed anyway.
"""

import threading
from collections.abc import Callable, Hashable
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

import structlog
from cachetools import TTLCache
from sqlalchemy import Engine

import clock
from extensions import DATABASE_AWAY, db

log = structlog.get_logger(__name__)

T = TypeVar("T")

SECONDS = 1.0
WITHOUT_DATABASE_SECONDS = 60.0
ENTRIES = 4096


class ShortMemory:
    """Answers by key, kept for a second; what is None is asked for again each time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: TTLCache[Hashable, tuple[float, object]] = TTLCache(
            ENTRIES, WITHOUT_DATABASE_SECONDS, timer=lambda: clock.monotonic()
        )
        self._generation = 0

    def recall(self, key: Hashable, find: Callable[[], T]) -> T:
        """What is known for `key`, else what `find` returns; what that raises if nothing was known lately."""
        with self._lock:
            known = self._known.get(key)
            generation = self._generation
        if known is not None and clock.monotonic() < known[0]:
            return cast(T, known[1])
        try:
            found = find()
        except DATABASE_AWAY as e:
            if known is None:
                raise
            db.session.rollback()  # else the session would refuse whatever is asked of it after this
            log.warning("identity_from_memory", error=type(e).__name__)
            return cast(T, known[1])
        self._keep(key, found, generation)
        return found

    def _keep(self, key: Hashable, found: object, generation: int) -> None:
        with self._lock:
            if found is None:
                self._known.pop(key, None)
            elif generation == self._generation:  # not what was read before somebody changed it
                self._known[key] = (clock.monotonic() + SECONDS, found)

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
    """After every change of who may come in, once it is committed."""
    current().forget()
