"""The figures of the fleet for Prometheus, read at each scrape: whichever process is asked, all say the same.

A scrape is a constant number of statements and of Redis calls, and reads no more rows of jobs than are running: what
waits is counted from indexes, and what is over was counted when it ended (`counting`).
"""

from collections.abc import Iterator

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from extensions import redis
from services.metrics import footage, jobs, polls, queues, recovery, renders, steps, stuck, videos, webhooks, workers
from services.metrics.moves import count_moves
from services.metrics.renders import count_news
from services.metrics.series import Recorded
from services.metrics.videos import count_recovered
from store.counters import Counters

__all__ = ["count_moves", "count_news", "count_recovered", "render"]

log = structlog.get_logger(__name__)


def render() -> bytes:
    """All figures in Prometheus' text format.

    :raise SQLAlchemyError: if the database does not answer.
    """
    registry = CollectorRegistry()
    registry.register(_Fleet())
    return generate_latest(registry)


class _Fleet(Collector):
    def collect(self) -> Iterator[Metric]:
        recorded = _recorded()
        yield GaugeMetricFamily("backbeat_redis_up", "1 if Redis answers.", value=recorded is not None)
        for part in (queues, stuck, recovery, workers, webhooks, footage, renders, videos):
            yield from part.families()
        yield from steps.families()
        if recorded is not None:  # a gap says more than a counter that falls to nothing and comes back
            for counted in (jobs, steps, polls, webhooks, renders, videos):
                yield from counted.counted_families(recorded)

    def describe(self) -> list[Metric]:
        """Nothing: else the registry would collect once more, only to learn the names."""
        return []


def _recorded() -> Recorded | None:
    try:
        return Recorded(Counters(redis.client).read())
    except RedisError as e:
        log.warning("counters_not_read", error=str(e))
        return None
