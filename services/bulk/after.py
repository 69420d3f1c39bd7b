"""What is told once a batch is committed: to workers, and to those who poll. All of it may be lost without harm."""

from collections.abc import Sequence
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy.engine import Row

from extensions import redis
from services.jobs import children, publish
from services.jobs.registry import JOB_TYPES
from services.jobs.submit import ring
from store.progress import ProgressStore

log = structlog.get_logger(__name__)

Rows = Sequence[Row[Any]]


def retried(jobs: Rows, parents: Rows) -> None:
    """Wake workers for jobs that start over; parents whose children do so get their lanes."""
    for job in jobs:
        publish.publish(job.id)
        ring(job.id, job.attempt + 1, 0, JOB_TYPES[job.type], job.queue)
    for parent in parents:
        publish.publish(parent.id)
        if not children.settle_parent(parent.id):
            children.ring_lanes(parent.id, parent.queue, parent.children_total or 0)


def canceled(ended: Rows, asked: Rows) -> None:
    """A parent ends with its last child; a canceled child may be that."""
    for job in ended:
        publish.publish(job.id)
    parents = {job.parent_id for job in (*ended, *asked) if job.parent_id}
    parents |= {job.id for job in asked if job.children_total is not None}
    for parent_id in parents:
        if not children.settle_parent(parent_id):
            children.refresh_parent(parent_id, at_once=True)


def deleted(ids: Sequence[str]) -> None:
    try:
        ProgressStore(redis.client).delete(ids)
    except RedisError as e:
        log.warning("progress_not_deleted", jobs=len(ids), error=str(e))  # they expire by themselves
