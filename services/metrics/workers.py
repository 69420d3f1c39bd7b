"""The workers and the janitor: who is alive, and at what."""

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from services import fleet
from services.fleet.health import STALE_SECONDS
from services.jobs.registry import QUEUES

BUSY, IDLE, STALE = "busy", "idle", "stale"
# Each worker has a name of its own for its life, so those long gone would only pile up.
FORGET_SECONDS = 300


def families() -> Iterator[Metric]:
    health = fleet.worker_health()
    workers = [worker for worker in health.workers if worker["heartbeat_age_seconds"] <= FORGET_SECONDS]
    yield _health(health.health)
    yield _by_state(workers)
    yield _by_queue(workers)
    yield from _each(workers)
    yield _janitor()


def _health(word: str) -> Metric:
    overall = GaugeMetricFamily("backbeat_fleet_health", "1 for the word that holds.", labels=("health",))
    for each in (fleet.HEALTHY, fleet.DEGRADED, fleet.DOWN):
        overall.add_metric((each,), each == word)
    return overall


def _state(worker: dict[str, Any]) -> str:
    if worker["heartbeat_age_seconds"] > STALE_SECONDS:
        return STALE
    return IDLE if worker["current_job"] is None else BUSY


def _by_state(workers: list[dict[str, Any]]) -> Metric:
    counts = GaugeMetricFamily(
        "backbeat_workers", "Workers; one is stale that shows no sign of life.", labels=("state",)
    )
    for state in (BUSY, IDLE, STALE):
        counts.add_metric((state,), sum(_state(worker) == state for worker in workers))
    return counts


def _by_queue(workers: list[dict[str, Any]]) -> Metric:
    serving = GaugeMetricFamily("backbeat_queue_workers", "Living workers that serve a queue.", labels=("queue",))
    alive = [worker for worker in workers if _state(worker) != STALE]
    for queue in QUEUES:
        serving.add_metric((queue,), sum(queue in worker["queues"] for worker in alive))
    return serving


def _each(workers: list[dict[str, Any]]) -> Iterator[Metric]:
    labels = ("worker", "host")
    age = GaugeMetricFamily("backbeat_worker_heartbeat_age_seconds", "Since the last sign of life.", labels=labels)
    busy = GaugeMetricFamily("backbeat_worker_busy", "1 if a worker is at a job.", labels=labels)
    done = CounterMetricFamily("backbeat_worker_jobs", "Jobs done and attempts failed.", labels=(*labels, "outcome"))
    for worker in workers:
        who = (worker["name"], worker["host"])
        age.add_metric(who, worker["heartbeat_age_seconds"])
        busy.add_metric(who, worker["current_job"] is not None)
        done.add_metric((*who, "done"), worker["jobs_done"])
        done.add_metric((*who, "failed"), worker["jobs_failed"])
    yield from (age, busy, done)


def _janitor() -> Metric:
    """It has no value where there never was one."""
    return GaugeMetricFamily(
        "backbeat_janitor_heartbeat_age_seconds", "Since the last sign of life.", value=fleet.janitor_age_seconds()
    )
