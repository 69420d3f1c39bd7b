"""What a person may do to a job: cancel, retry, delete."""

import structlog
from redis.exceptions import RedisError
from sqlalchemy import delete, not_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from errors import Conflict, NotFound
from extensions import db, redis, transaction
from models import Job
from services.jobs import children, dependencies, family, publish, states, transitions
from services.jobs.dependencies import Standing
from services.jobs.registry import job_type
from services.jobs.submit import active_key, ring
from store.progress import ProgressStore

log = structlog.get_logger(__name__)


def no_such_job(job_id: str) -> NotFound:
    return NotFound(f"There is no job {job_id[:60]!r}.", code="no_such_job")


def get_job(job_id: str) -> Job:
    """:raise NotFound: if there is no such job."""
    job = db.session.get(Job, job_id, populate_existing=True)
    if job is None:
        raise no_such_job(job_id)
    return job


def cancel(job_id: str) -> str:
    """Cancel a waiting job, or ask a running one to stop; the status after. Telling it twice is harmless.

    :raise NotFound: if there is no such job.
    :raise Conflict: if it has finished or failed.
    """
    if get_job(job_id).status == states.CANCELED:
        return states.CANCELED
    with transaction() as session:
        # Held until the commit, so that the job cannot pass from waiting to running or back between the statements.
        session.execute(select(Job.id).where(Job.id == job_id).with_for_update())
        if not transitions.cancel_waiting(session, job_id, reason="canceled by a person"):
            _refuse_if_over(session, job_id)
            transitions.request_cancel(session, job_id)
        family.cancel_waiting_children(session, job_id, reason="the parent was canceled")
        family.request_cancel_of_children(session, job_id)
    job = get_job(job_id)
    if job.status in states.ENDED:
        publish.publish(job_id)
    else:
        publish.tell_cancel(job_id, job.attempt)
    _after_cancel(job_id)
    return get_job(job_id).status


def _refuse_if_over(session: Session, job_id: str) -> None:
    status = session.scalar(select(Job.status).where(Job.id == job_id))
    if status in (states.FINISHED, states.FAILED):
        raise Conflict(f"The job is over: it has {status}.", code="already_over", details={"status": status})


def _after_cancel(job_id: str) -> None:
    """A parent ends with its last child; a canceled child may be that."""
    job = get_job(job_id)
    for parent_id in filter(None, (job.parent_id, job_id if job.children_total is not None else None)):
        if not children.settle_parent(parent_id):
            children.refresh_parent(parent_id, at_once=True)


def retry(job_id: str) -> str:
    """Start a failed or canceled job over; a parent starts over those children only that did not finish.

    :raise NotFound: if there is no such job.
    :raise Conflict: if it is not over, has finished, other work on the same target is live, the job that it waited
        for has not finished and never will, or jobs of its type are never started over.
    """
    job = get_job(job_id)
    kind = job_type(job.type)
    if kind.not_retryable is not None:
        raise Conflict(kind.not_retryable, code="not_retryable", details={"status": job.status})
    resumes = job.children_total is not None
    key = None if job.parent_id else active_key(job.type, job.target_type, job.target_id, job.params)
    queue, children_total, attempt, old = job.queue, job.children_total or 0, job.attempt + 1, job.status
    try:
        with transaction() as session:
            to = Standing(states.STARTED) if resumes else dependencies.standing(session, _awaited(session, job_id))
            reopened = transitions.reopen(
                session,
                job_id,
                attempts=kind.max_attempts,
                active_key=key,
                to=to,
                reason="retried by a person",
            )
            if reopened:
                family.reopen_children(session, job_id, attempts=kind.max_attempts, reason="the parent was retried")
    except IntegrityError as e:
        raise Conflict("The same work is already under way in another job.", code="already_running") from e
    if not reopened:
        raise Conflict(
            f"Only a failed or canceled job can be retried; this one is {old}.",
            code="not_retryable",
            details={"status": old},
        )
    publish.publish(job_id)
    if resumes:
        if not children.settle_parent(job_id):
            children.ring_lanes(job_id, queue, children_total)
    elif to.status == states.QUEUED:
        ring(job_id, attempt, 0, kind, queue)
    return get_job(job_id).status


def _awaited(session: Session, job_id: str) -> str | None:
    """What a job waited for when it ended; None if it had begun, or is not over."""
    over = Job.status.in_((states.FAILED, states.CANCELED))
    return session.scalar(select(Job.after_id).where(Job.id == job_id, over))


def delete_job(job_id: str) -> None:
    """Remove a job that is over, its children and its history.

    :raise NotFound: if there is no such job.
    :raise Conflict: if it is not over.
    """
    job = get_job(job_id)
    status = job.status
    with transaction() as session:
        gone = session.execute(
            delete(Job)
            .where(Job.id == job_id, Job.status.in_(states.ENDED), not_(family.has_live_children()))
            .returning(Job.id)
            .execution_options(synchronize_session=False)
        ).one_or_none()
    if gone is None:
        state = "still has a child at work" if status in states.ENDED else f"is {status}"
        raise Conflict(
            f"Only a job that is over can be deleted; this one {state}. Cancel it first.",
            code="not_over",
            details={"status": status},
        )
    try:
        ProgressStore(redis.client).delete([job_id])
    except RedisError as e:
        log.warning("progress_not_deleted", job_id=job_id, error=str(e))  # it expires by itself
