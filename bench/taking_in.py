"""How fast jobs are taken in."""

import time
from collections.abc import Callable

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from bench import plain


def rate(take_in: Callable[[], object], jobs: int) -> float:
    """Jobs a second."""
    began = time.perf_counter()
    take_in()
    return jobs / (time.perf_counter() - began)


def rq_in_bulk(url: str, jobs: int) -> float:
    with Redis.from_url(url) as redis:
        queue = Queue("taken_in", connection=redis, serializer=JSONSerializer)
        return rate(
            lambda: queue.enqueue_many([Queue.prepare_data(plain.noop, result_ttl=600) for _ in range(jobs)]), jobs
        )


def rq_one_by_one(url: str, jobs: int) -> float:
    with Redis.from_url(url) as redis:
        queue = Queue("taken_in", connection=redis, serializer=JSONSerializer)
        return rate(lambda: [queue.enqueue(plain.noop, result_ttl=600) for _ in range(jobs)], jobs)
