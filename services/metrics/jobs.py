"""What became of jobs, and how long they waited and ran."""

from collections.abc import Iterator

from prometheus_client.core import Metric

from services.jobs import states
from services.jobs.registry import JOB_TYPES
from services.metrics.series import Recorded

LABELS = ("queue", "type")


def counted_families(recorded: Recorded) -> Iterator[Metric]:
    known = [(kind.queue, kind.name) for kind in JOB_TYPES.values()]
    by_end = [(*labels, status) for labels in known for status in states.ENDED]
    yield recorded.counter("jobs_submitted", "Jobs taken in, without the children of others.", LABELS, known)
    yield recorded.counter("job_attempts", "Attempts that a worker took up.", LABELS, known)
    yield recorded.counter("job_retries", "Attempts after which the job was to be tried again.", LABELS, known)
    yield recorded.counter("jobs_ended", "Jobs that came to an end, children too.", (*LABELS, "status"), by_end)
    yield recorded.histogram(
        "job_wait_seconds", "From when it was due to when a worker took it up, without children.", LABELS, known
    )
    yield recorded.histogram(
        "job_run_seconds", "From when a worker took it up to its end, finished or failed.", LABELS, known
    )
