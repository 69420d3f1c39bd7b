"""From a row to its progress document, and to where it is polled."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import func, select, update

from extensions import db, redis, transaction
from models import Job
from services.jobs import states
from services.jobs.documents import LiveState, children_fields, document, end_fields, json_head
from store.progress import ProgressStore

log = structlog.get_logger(__name__)

RECENT_CHILDREN = 50
# The share of a parent's bar that making the children takes; the children fill the rest.
PREPARED = 0.02
LEAST_DONE_FOR_ETA, LEAST_SECONDS_FOR_ETA = 3, 2.0


def status_counts(parent_id: str) -> dict[str, int]:
    """How many children of a parent are in each state."""
    counted = select(Job.status, func.count()).where(Job.parent_id == parent_id).group_by(Job.status)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def recent_children(parent_id: str, limit: int = RECENT_CHILDREN) -> list[dict[str, Any]]:
    """The children that changed last, the latest first: `{job_id, title, status, progress}`."""
    columns = (Job.id, Job.title, Job.status, Job.progress)
    rows = db.session.execute(
        select(*columns)
        .where(Job.parent_id == parent_id, Job.status != states.QUEUED)
        .order_by(Job.updated_at.desc())
        .limit(limit)
    ).all()
    return [child_entry(row.id, row.title, row.status, row.progress) for row in rows]


def child_entry(job_id: str, title: str, status: str, progress: float) -> dict[str, Any]:
    return {"job_id": job_id, "title": title, "status": status, "progress": round(progress, 4)}


def row_state(job: Job, now: float) -> LiveState:
    """What a row says of its job, whatever its state."""
    if job.waits_for_children:
        return parent_state(job, status_counts(job.id), recent_children(job.id), now)
    extra = end_fields(job.status, error=job.error, result=job.result, result_url=job.result_url)
    if job.children_total is not None:
        extra |= children_fields(recent_children(job.id), status_counts(job.id))
    return LiveState(
        status=job.status,
        progress=job.progress,
        step=job.step,
        message=job.message,
        current=job.current,
        total=job.total,
        eta_seconds=0.0 if job.status in states.ENDED else None,
        updated_at=job.updated_at,
        ended_at=job.ended_at,
        extra=extra,
    )


def parent_state(parent: Job, counts: Mapping[str, int], children: Sequence[dict[str, Any]], now: float) -> LiveState:
    """What is to be said of a parent whose children run. Pure."""
    total = parent.children_total or 0
    done = sum(counts.get(status, 0) for status in states.ENDED)
    elapsed = now - (parent.started_at or now)
    paced = done >= LEAST_DONE_FOR_ETA and elapsed >= LEAST_SECONDS_FOR_ETA
    return LiveState(
        status=parent.status,
        progress=PREPARED + (1 - PREPARED) * (done / total if total else 0.0),
        step="analyzing",
        message="Canceling…" if parent.cancel_requested_at else "",
        current=done,
        total=total,
        eta_seconds=elapsed / done * (total - done) if paced else None,
        updated_at=now,
        extra=children_fields(children, dict(counts)),
    )


def write(job: Job, live: LiveState) -> int:
    """Store the document of a row; the version given, 0 if it came too late. The caller minds `RedisError`."""
    return ProgressStore(redis.client).write(
        job.id,
        attempt=job.attempt,
        progress=live.progress,
        ends=live.status in states.ENDED,
        least_version=job.version,
        json_head=json_head(document(job, live)),
    )


def publish(job_id: str) -> None:
    """Bring what is polled in line with a row that has just moved; called after the commit, best effort.

    A job that is over has a document to the end. One that waits has none, so that pollers read its place in line from
    SQL, and only the earlier attempts are fenced off.
    """
    try:
        job = db.session.get(Job, job_id, populate_existing=True)
        if job is None:
            return
        if job.status in states.ENDED:
            version = write(job, row_state(job, job.updated_at))
        else:
            version = ProgressStore(redis.client).withdraw(job_id, attempt=job.attempt, least_version=job.version)
        keep_version(job_id, job.attempt, version)
    except RedisError as e:
        log.debug("not_published", job_id=job_id, error=str(e))
    finally:
        db.session.rollback()


def keep_version(job_id: str, attempt: int, version: int) -> None:
    """Note in the row how far the versions have come, so that they go on from there if Redis forgets them."""
    behind = (Job.id == job_id, Job.attempt == attempt, Job.version < version)
    if db.session.scalar(select(Job.id).where(*behind)) is not None:
        with transaction() as session:
            session.execute(
                update(Job).where(*behind).values(version=version).execution_options(synchronize_session=False)
            )
