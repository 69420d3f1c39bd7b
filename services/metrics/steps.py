"""The steps of jobs: who is at which, and how long they take."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select

from extensions import db
from models import Job, StepTiming
from services.jobs import states
from services.jobs.registry import COMPLETE, JOB_TYPES
from services.metrics.series import Recorded

LABELS = ("type", "step")


def families() -> Iterator[Metric]:
    running = GaugeMetricFamily("backbeat_step_running_jobs", "Running jobs that are at a step.", labels=LABELS)
    at_step = (
        select(Job.type, Job.step, func.count())
        .where(Job.status == states.STARTED, Job.children_total.is_(None))
        .group_by(Job.type, Job.step)
    )
    counts = {(job_type, step): count for job_type, step, count in db.session.execute(at_step)}
    for labels in sorted({*_known(), *counts}):
        running.add_metric(labels, counts.get(labels, 0))
    yield running
    yield _means()


def _known() -> list[tuple[str, str]]:
    return [(kind.name, step.name) for kind in JOB_TYPES.values() for step in kind.steps if step is not COMPLETE]


def _means() -> Metric:
    means = GaugeMetricFamily(
        "backbeat_step_mean_seconds",
        "What a step is expected to take, by the least number of items in a job of that size.",
        labels=(*LABELS, "items"),
    )
    history = select(StepTiming.job_type, StepTiming.step, StepTiming.size_class, StepTiming.mean_seconds)
    for job_type, step, size_class, seconds in db.session.execute(history):
        means.add_metric((job_type, step, str(2**size_class)), seconds)
    return means


def counted_families(recorded: Recorded) -> Iterator[Metric]:
    yield recorded.histogram("step_seconds", "How long a step took, in jobs that finished.", LABELS, _known())
