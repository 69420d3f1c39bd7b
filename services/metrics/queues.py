"""What waits in the queues, how long it has waited, and whether it may be taken up."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import ScalarSelect, func, select

from extensions import current_settings, db, db_now
from models import Job, QueueState
from services.fleet.lines import in_line
from services.jobs import states
from services.jobs.registry import QUEUES

COUNTED = (states.QUEUED, states.STARTED, states.DEFERRED, states.SCHEDULED, states.FAILED)


def families() -> Iterator[Metric]:
    yield _depths()
    yield _oldest_waits()
    yield _limits()
    yield from _pauses()


def _depths() -> Metric:
    """Index-only: `ix_job_counts` has all three columns."""
    depths = GaugeMetricFamily(
        "backbeat_queue_jobs", "Jobs in a queue, without parents that wait for children.", labels=("queue", "status")
    )
    counted = (
        select(Job.queue, Job.status, func.count())
        .where(Job.status.in_(COUNTED), Job.children_total.is_(None))
        .group_by(Job.status, Job.queue)
    )
    counts = {(queue, status): count for queue, status, count in db.session.execute(counted)}
    for labels in sorted({(queue, status) for queue in QUEUES for status in COUNTED} | set(counts)):
        depths.add_metric(labels, counts.get(labels, 0))
    return depths


def _oldest_waits() -> Metric:
    oldest = GaugeMetricFamily(
        "backbeat_queue_oldest_wait_seconds", "How long the first in line has been due.", labels=("queue",)
    )
    waits = db.session.execute(select(*(_oldest_wait(queue).label(queue) for queue in QUEUES))).one()
    for queue in QUEUES:
        oldest.add_metric((queue,), max(0.0, getattr(waits, queue) or 0.0))
    return oldest


def _oldest_wait(queue: str) -> ScalarSelect[float]:
    """A seek to the first entry of `ix_job_line`."""
    return select(db_now() - Job.due_at).where(in_line(queue)).order_by(Job.due_at).limit(1).scalar_subquery()


def _limits() -> Metric:
    limits = GaugeMetricFamily(
        "backbeat_queue_wait_limit_seconds", "How long a job may wait before somebody should look.", labels=("queue",)
    )
    for queue, seconds in current_settings().queue_wait_limit_seconds.items():
        limits.add_metric((queue,), seconds)
    return limits


def _pauses() -> Iterator[Metric]:
    paused = GaugeMetricFamily("backbeat_queue_paused", "1 if no job is taken up.", labels=("queue",))
    since = GaugeMetricFamily(
        "backbeat_queue_paused_seconds", "How long it has been paused; 0 if it is not.", labels=("queue",)
    )
    ages = select(QueueState.name, db_now() - QueueState.changed_at).where(QueueState.paused)
    paused_for: dict[str, float] = dict(db.session.execute(ages).all())
    for queue in QUEUES:
        paused.add_metric((queue,), queue in paused_for)
        since.add_metric((queue,), max(0.0, paused_for.get(queue, 0.0)))
    yield from (paused, since)
