"""Once a PostgreSQL was silent, nobody else waits to find that out for a moment: one at a time tries, others go on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import clock

SLOW_SECONDS = 1.0  # what fails sooner was refused, and tells whoever asks next as quickly
PAUSE_SECONDS = 2.0
TRIAL_SECONDS = 5.0  # at most, of the one who tries after a pause; then another may


class Silences:
    """What one process knows of one server's silence. For all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_silent = False
        self._refuse_until = float("-inf")

    def is_to_try(self) -> bool:
        """Whether the server may be asked. After a pause that is so for the first who wants to know, and for others
        once that one was answered.
        """
        with self._lock:
            now = clock.monotonic()
            if now < self._refuse_until:
                return False
            if self._is_silent:
                self._refuse_until = now + TRIAL_SECONDS
            return True

    def note(self) -> None:
        """The server was silent."""
        with self._lock:
            self._is_silent, self._refuse_until = True, clock.monotonic() + PAUSE_SECONDS

    @contextmanager
    def connecting(self) -> Iterator[None]:
        """Around it: if that fails slowly the server is silent, and else it is not."""
        begun = clock.monotonic()
        try:
            yield
        except Exception:
            if not self.has_noted(clock.monotonic() - begun):
                self._forget()
            raise
        self._forget()

    def has_noted(self, seconds: float) -> bool:
        """Whether something that failed after so many seconds has met silence."""
        if seconds >= SLOW_SECONDS:
            self.note()
        return seconds >= SLOW_SECONDS

    def _forget(self) -> None:
        if self._is_silent:
            with self._lock:
                self._is_silent, self._refuse_until = False, float("-inf")
