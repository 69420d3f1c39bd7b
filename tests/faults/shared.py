"""One running Backbeat for many rows: starting one for each would take longer than the faults."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import text

import redis_urls
from store import keys
from tests.stack import Stack
from tests.waiting import wait_until

# In this order, since the later ones are spoken of by the earlier.
TABLES = (
    *("effect", "job_event", "job_log", "job"),
    *("finding", "analysis", "playlist_song", "playlist", "song"),
)


class SharedStack:
    """Lends one stack at a time; one that was not left well is thrown away, and the next borrower gets another."""

    def __init__(self, make: Callable[[], Stack]) -> None:
        self._make = make
        self._stack: Stack | None = None

    @contextmanager
    def lend(self) -> Iterator[Stack]:
        """A stack without jobs, songs and effects."""
        if self._stack is None:
            self._stack = self._make()
        _empty(self._stack)
        try:
            yield self._stack
            _await_peace(self._stack)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._stack is not None:
            self._stack.stop()
            self._stack = None


def _empty(stack: Stack) -> None:
    with stack.engine.begin() as connection:
        for table in TABLES:
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - the names stand above
    with redis_urls.client(stack.settings.effective_redis_url) as client:
        for key in client.scan_iter(keys.progress("*"), count=1000):
            client.delete(key)


def _await_peace(stack: Stack) -> None:
    """All is up again, and nobody works.

    :raise AssertionError: if that takes too long.
    """
    wait_until(lambda: stack.client.get("/readyz").status_code == 200, "all is ready again", within_seconds=30)
    live = "SELECT id FROM job WHERE status NOT IN ('finished', 'failed', 'canceled')"
    wait_until(lambda: not stack.rows(live), "no job is left", within_seconds=30)
    wait_until(lambda: len(stack.processes("worker")) == stack.settings.workers, "every worker is back")
