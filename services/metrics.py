"""The figures of the fleet for Prometheus, read at each scrape: whichever process is asked, all say the same."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from extensions import db
from models import Job
from services import fleet
from services.jobs import states

QUEUE_STATES = (states.QUEUED, states.STARTED, states.DEFERRED, states.SCHEDULED, states.FAILED)


def render() -> bytes:
    """All figures in Prometheus' text format.

    :raise SQLAlchemyError: if the database does not answer.
    """
    registry = CollectorRegistry()
    registry.register(_Fleet())
    return generate_latest(registry)


class _Fleet(Collector):
    def collect(self) -> Iterator[Metric]:
        yield from _jobs()
        yield from _queues()
        yield from _workers()
        yield from _janitor()


def _jobs() -> Iterator[Metric]:
    jobs = GaugeMetricFamily("backbeat_jobs", "Jobs that are kept, children included.", labels=("type", "status"))
    counted = select(Job.type, Job.status, func.count()).group_by(Job.type, Job.status)
    for job_type, status, count in db.session.execute(counted):
        jobs.add_metric((job_type, status), count)
    yield jobs


def _queues() -> Iterator[Metric]:
    by_state = GaugeMetricFamily("backbeat_queue_jobs", "Jobs of a queue.", labels=("queue", "status"))
    finished = GaugeMetricFamily("backbeat_queue_finished_last_hour", "Jobs finished lately.", labels=("queue",))
    wait = GaugeMetricFamily("backbeat_queue_oldest_wait_seconds", "How long the oldest waits.", labels=("queue",))
    paused = GaugeMetricFamily("backbeat_queue_paused", "1 if no job is taken up.", labels=("queue",))
    for queue in fleet.queue_status():
        name = queue["name"]
        for status in QUEUE_STATES:
            by_state.add_metric((name, status), queue[status])
        finished.add_metric((name,), queue["finished_last_hour"])
        wait.add_metric((name,), queue["oldest_wait_seconds"] or 0.0)
        paused.add_metric((name,), queue["paused"])
    yield from (by_state, finished, wait, paused)


def _workers() -> Iterator[Metric]:
    health = fleet.worker_health()
    overall = GaugeMetricFamily("backbeat_fleet_health", "1 for the word that holds.", labels=("health",))
    for word in (fleet.HEALTHY, fleet.DEGRADED, fleet.DOWN):
        overall.add_metric((word,), word == health.health)
    age = GaugeMetricFamily("backbeat_worker_heartbeat_age_seconds", "Since the last sign of life.", labels=("worker",))
    busy = GaugeMetricFamily("backbeat_worker_busy", "1 if a worker is at a job.", labels=("worker",))
    done = CounterMetricFamily("backbeat_worker_jobs", "Jobs a worker has ended.", labels=("worker", "outcome"))
    for worker in health.workers:
        age.add_metric((worker["name"],), worker["heartbeat_age_seconds"])
        busy.add_metric((worker["name"],), worker["current_job"] is not None)
        done.add_metric((worker["name"], "done"), worker["jobs_done"])
        done.add_metric((worker["name"], "failed"), worker["jobs_failed"])
    yield from (overall, age, busy, done)


def _janitor() -> Iterator[Metric]:
    age = fleet.janitor_age_seconds()
    if age is not None:
        yield GaugeMetricFamily("backbeat_janitor_heartbeat_age_seconds", "Since the last sign of life.", value=age)
