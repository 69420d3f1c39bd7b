"""What a poll reads, in one command."""

from collections.abc import Sequence
from typing import Any, cast

from redis import ConnectionPool, Redis
from ulid import ULID

from store import keys
from store.progress import LiveDocument

Mark = bytes | None


class Polling:
    """Documents together with the mark of who may come in, past the layers of redis-py that cost more than the command.

    | key | type | TTL | holds |
    |---|---|---|---|
    | `backbeat:progress:<job>` | string | see `ProgressStore` | ETag, a line feed, the document's JSON |
    | `backbeat:access` | string | none | a mark: another one after each change of who may come in |
    """

    def __init__(self, redis: Redis) -> None:
        self._pool: ConnectionPool = redis.connection_pool

    def read(self, job_ids: Sequence[str]) -> tuple[Mark, list[LiveDocument | None]]:
        """The mark, and the document of each job in the order asked for; None where there is none.

        :raise RedisError: if Redis is away, or does not answer in time.
        """
        names = [keys.access(), *map(keys.progress, job_ids)]
        mark, *stored = self._ask("MGET", *names)
        return mark, [None if value is None else LiveDocument.parse(value) for value in stored]

    def _ask(self, *command: str) -> list[bytes | None]:
        """One command, as redis-py's own client sends it: the connection's retry is what a breaker sees it by."""
        connection: Any = self._pool.get_connection()
        try:
            answer = connection.retry.call_with_retry(
                lambda: _exchange(connection, command), lambda _error: connection.disconnect()
            )
            return cast(list[bytes | None], answer)
        finally:
            self._pool.release(connection)


def _exchange(connection: Any, command: Sequence[str]) -> object:
    connection.send_command(*command)
    return connection.read_response()


def mark_change(redis: Redis) -> None:
    """From now on what a process knew of who may come in is not to be believed.

    :raise RedisError: if Redis is away.
    """
    redis.set(keys.access(), str(ULID()))
