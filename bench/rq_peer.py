"""Plain RQ, as most people run it, with the jobs of `bench.plain`."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from bench import plain
from bench.engine import steady
from bench.pickups import measured
from bench.servers import process


@contextmanager
def _queue(url: str) -> Iterator[Queue]:
    with Redis.from_url(url) as redis:
        yield Queue(f"plain{time.time_ns()}", connection=redis, serializer=JSONSerializer)


def _command(url: str, queue: Queue, worker_class: str) -> list[str]:
    rq = str(Path(sys.executable).with_name("rq"))
    return [rq, "worker", "--logging_level", "ERROR", "--serializer", "json", "-w", worker_class, "-u", url, queue.name]


def rate(url: str, jobs: int, worker_class: str) -> dict[str, float]:
    """How one worker of that class fares."""
    with _queue(url) as queue:
        queue.enqueue_many([Queue.prepare_data(plain.noop, result_ttl=600) for _ in range(jobs)])
        with process(_command(url, queue, worker_class), {}) as worker:
            registry = queue.finished_job_registry
            return steady(lambda: registry.get_job_count(cleanup=False), jobs, worker.pid)


def pickups(url: str, number: int) -> dict[str, float]:
    """Of a forking worker that waits."""
    with _queue(url) as queue, process(_command(url, queue, "rq.Worker"), {}):
        key = f"began:{queue.name}"
        return measured(queue.connection, key, number, lambda: queue.enqueue(plain.stamp, url, key))
