"""How many jobs each queue holds, as the janitor last counted them."""

from collections.abc import Mapping
from typing import Any

from redis import Redis

from store import keys

TTL_SECONDS = 60


class QueueCounts:
    """Counts that are too dear for a page to make.

    | key | type | TTL | holds |
    |---|---|---|---|
    | `backbeat:queue-counts` | hash | 60 s | `<queue>:<status>`: how many |
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def write(self, counts: Mapping[tuple[str, str], int]) -> None:
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.hset(keys.queue_counts(), mapping={f"{queue}:{status}": n for (queue, status), n in counts.items()})
        pipeline.expire(keys.queue_counts(), TTL_SECONDS)
        pipeline.execute()

    def read(self) -> dict[tuple[str, str], int]:
        """Empty if there are none, or they are too old."""
        held: Any = self._redis.hgetall(keys.queue_counts())
        cells = ((name.decode().partition(":"), int(count)) for name, count in held.items())
        return {(queue, status): count for (queue, _, status), count in cells}
