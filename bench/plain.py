"""The jobs for plain RQ; they stand alone, so that no job pays for an import."""

import time


def noop() -> None:
    """Do nothing."""


def stamp(url: str, key: str) -> None:
    """Say when it began."""
    began = time.time()
    from redis import Redis

    with Redis.from_url(url) as redis:
        redis.rpush(key, began)
