"""Setting a stuck job free: the step that the janitor would take, for one job and now."""

import structlog
from redis.exceptions import RedisError
from sqlalchemy import select

from errors import Conflict, Unavailable
from extensions import current_settings, db, redis, transaction
from models import Job
from services import audit
from services.fleet import conditions, stuck
from services.fleet.glance import free_queues
from services.fleet.health import read_records
from services.jobs import children, janitor, publish, rings, transitions
from services.jobs.operations import get_job
from store.bell import Bell

log = structlog.get_logger(__name__)


def rescue(job_id: str, *, by: str) -> str:
    """Do what helps against the reason for which this job is stuck; the reason. Guarded: it may move meanwhile.

    :raise NotFound: if there is no such job.
    :raise Conflict: if it is not stuck any more.
    :raise Unavailable: if Redis is needed and does not answer.
    """
    job = get_job(job_id)
    reason = stuck.why_stuck(job_id, free_queues(read_records() or []))
    if reason is None:
        raise Conflict("The job is not stuck any more.", code="not_stuck", details={"status": job.status})
    try:
        _STEPS[reason](job)
    except RedisError as e:
        raise Unavailable("Redis cannot be reached, and without it no worker can be told anything.") from e
    audit.record(by, "rescue", "job", job_id, details={"reason": reason, "title": job.title}, job_id=job_id)
    log.info("rescued_by_hand", job_id=job_id, reason=reason, by=by)
    return reason


def _end_process(job: Job) -> None:
    """Its worker frees the lease at once, and the janitor makes the next attempt."""
    if job.lease_owner is not None:
        Bell(redis.client).kill_horse(job.lease_owner)


def _take_over(job: Job) -> None:
    janitor.rescue_expired(current_settings(), Job.id == job.id)


def _queue_now(job: Job) -> None:
    with transaction() as session:
        moved = transitions.promote_due(session, limit=rings.BATCH)
    for job_id in moved:
        publish.publish(job_id)


def _ring(job: Job) -> None:
    row = db.session.execute(select(*rings.WAITING_COLUMNS).where(Job.id == job.id)).one()
    rings.ring_again(rings.WaitingJob(*row))


def _ring_lanes(job: Job) -> None:
    children.ring_lanes(job.id, job.queue, job.children_total or 0)


def _settle(job: Job) -> None:
    children.settle_parent(job.id)


_STEPS = {
    conditions.SILENT: _end_process,
    conditions.DEAF: _end_process,
    conditions.LEASE_EXPIRED: _take_over,
    conditions.OVERDUE: _queue_now,
    conditions.UNCLAIMED: _ring,
    conditions.STANDING: _ring_lanes,
    conditions.UNSETTLED: _settle,
}
