"""What a process has found out about who asks, for a second, so that a page that polls costs no SQL.

What changes in this process is forgotten here at once; other processes go by what they know for that second longer.
"""

import threading
from collections.abc import Callable, Hashable
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from cachetools import TTLCache
from sqlalchemy import Engine

import clock
from extensions import db

T = TypeVar("T")

SECONDS = 1.0
ENTRIES = 4096


class ShortMemory:
    """Answers by key, kept for a second; what is None is asked for again each time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: TTLCache[Hashable, object] = TTLCache(ENTRIES, SECONDS, timer=lambda: clock.monotonic())
        self._generation = 0

    def recall(self, key: Hashable, find: Callable[[], T]) -> T:
        """What is known for `key`, else what `find` returns."""
        with self._lock:
            if key in self._known:
                return cast(T, self._known[key])
            generation = self._generation
        found = find()
        with self._lock:
            # Not what was read before somebody changed it.
            if found is not None and generation == self._generation:
                self._known[key] = found
        return found

    def forget(self) -> None:
        with self._lock:
            self._generation += 1
            self._known.clear()


_of_engine: WeakKeyDictionary[Engine, ShortMemory] = WeakKeyDictionary()
_lock = threading.Lock()


def current() -> ShortMemory:
    """What this process knows of the current app's database."""
    with _lock:
        return _of_engine.setdefault(db.engine, ShortMemory())


def forget() -> None:
    """After every change of who may come in, once it is committed."""
    current().forget()
