"""What is told once a batch is committed: to workers, and to those who poll. All of it may be lost without harm.

Who polls a job that waits is answered from its row, so only what an earlier attempt left behind is taken away.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import update
from sqlalchemy.engine import Row

from extensions import redis, transaction
from models import Job
from services.jobs import children, publish, states
from services.jobs.registry import JOB_TYPES
from services.jobs.submit import ring_timeout_seconds
from store.bell import Bell
from store.progress import ProgressStore

log = structlog.get_logger(__name__)

Rows = Sequence[Row[Any]]


def retried(jobs: Rows, parents: Rows) -> None:
    """Wake workers for jobs that start over; parents whose children do so get their lanes. `jobs` are as they were."""
    _try("progress_not_withdrawn", lambda: _withdraw(jobs))
    if not _try("not_rung", lambda: _ring(jobs)):
        _leave_to_the_janitor(jobs)
    for parent in parents:
        publish.publish(parent.id)
        if not children.settle_parent(parent.id):
            children.ring_lanes(parent.id, parent.queue, parent.children_total or 0)


def _withdraw(jobs: Rows) -> None:
    ProgressStore(redis.client).withdraw_many((job.id, job.attempt + 1, job.version + 1) for job in jobs)


def _ring(jobs: Rows) -> None:
    for (queue, type_name), group in groupby(sorted(jobs, key=_lot), key=_lot):
        timeout_seconds = ring_timeout_seconds(JOB_TYPES[type_name])
        rings = [(job.id, job.attempt + 1) for job in group]
        Bell(redis.client).ring_many(queue, rings, timeout_seconds=timeout_seconds)


def _lot(job: Row[Any]) -> tuple[str, str]:
    return job.queue, job.type


def _leave_to_the_janitor(jobs: Rows) -> None:
    unrung = Job.id.in_([job.id for job in jobs])
    with transaction() as session:
        statement = update(Job).where(unrung, Job.status == states.QUEUED)
        session.execute(statement.values(dispatched_at=None).execution_options(synchronize_session=False))


def canceled(ended: Rows, asked: Rows) -> None:
    """A parent ends with its last child; a canceled child may be that."""
    for job in asked:
        publish.tell_cancel(job.id, job.attempt)
    parents = {job.parent_id for job in (*ended, *asked) if job.parent_id}
    parents |= {job.id for job in asked if job.children_total is not None}
    for parent_id in parents:
        if not children.settle_parent(parent_id):
            children.refresh_parent(parent_id, at_once=True)


def deleted(ids: Sequence[str]) -> None:
    _try("progress_not_deleted", lambda: ProgressStore(redis.client).delete(ids))


def _try(trouble: str, tell: Callable[[], object]) -> bool:
    """Whether Redis took it."""
    try:
        tell()
    except RedisError as e:
        log.warning(trouble, error=str(e))
        return False
    return True
