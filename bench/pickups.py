"""How long it takes from taking a job in to its beginning, where the worker is idle."""

import time
from collections.abc import Callable
from typing import cast

from redis import Redis as RedisClient

from bench.figures import middle, percentile
from bench.servers import wait_for
from extensions import current_settings
from services.jobs.submit import submit

KEY = "began:ours"
PAUSE_SECONDS, LONG_PAUSE_SECONDS, LONG_PAUSE_EACH = 0.06, 2.0, 10
WARM_UP = 3


def measured(client: RedisClient, key: str, number: int, take_in: Callable[[], object]) -> dict[str, float]:
    """Take in jobs that put the instant of their beginning into that list, one after the other; one in ten after the
    worker has been idle for long."""
    waits = [_one(client, key, take_in, _pause_seconds(n)) for n in range(WARM_UP + number)][WARM_UP:]
    return {"p50_milliseconds": middle(waits), "p99_milliseconds": percentile(waits, 0.99)}


def _pause_seconds(number: int) -> float:
    return LONG_PAUSE_SECONDS if number % LONG_PAUSE_EACH == LONG_PAUSE_EACH - 1 else PAUSE_SECONDS


def _one(client: RedisClient, key: str, take_in: Callable[[], object], pause_seconds: float) -> float:
    time.sleep(pause_seconds)
    taken_in = time.time()
    take_in()
    wait_for(lambda: client.llen(key))
    began = float(cast(bytes, client.lpop(key)))
    return (began - taken_in) * 1000


def ours(number: int) -> dict[str, float]:
    with RedisClient.from_url(current_settings().effective_redis_url) as client:
        return measured(client, KEY, number, lambda: submit("stamp", params={"key": KEY}))
