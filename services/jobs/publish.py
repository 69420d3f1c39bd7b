"""From a row to its progress document, and to where it is polled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

import clock
from extensions import db, redis, transaction
from models import Job
from services.jobs import states, steps
from services.jobs.documents import LiveState, children_fields, document, end_fields, json_head
from services.jobs.eta import Remaining, by_pace
from services.jobs.registry import JOB_TYPES
from store.progress import NO_TALLY, ProgressStore, Tally

log = structlog.get_logger(__name__)

RECENT_CHILDREN = 50
# The share of a parent's bar that making the children takes; the children fill the rest.
PREPARED = 0.02
LEAST_DONE_FOR_ETA, LEAST_SECONDS_FOR_ETA = 3, 2.0


def status_counts(parent_id: str) -> dict[str, int]:
    """How many children of a parent are in each state."""
    counted = select(Job.status, func.count()).where(Job.parent_id == parent_id).group_by(Job.status)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def recent_children(parent_id: str, limit: int = RECENT_CHILDREN) -> Sequence[Any]:
    """The children that changed last, the latest first, with `updated_at`."""
    columns = (Job.id, Job.title, Job.status, Job.progress, Job.position, Job.updated_at)
    return db.session.execute(
        select(*columns)
        .where(Job.parent_id == parent_id, Job.status != states.QUEUED)
        .order_by(Job.updated_at.desc())
        .limit(limit)
    ).all()


@dataclass(frozen=True, slots=True)
class Family:
    """The children of a parent at one instant: how many are in each state, how much of those that run is done (in
    children), and when any of them last had news, or 0."""

    counts: Mapping[str, int]
    running: float
    news_at: float


def family_of(parent_id: str) -> Family:
    """In one statement: a child that ends between two would count as running and as over, and a bar never goes back."""
    child, latest = aliased(Job), aliased(Job)
    running = select(func.sum(child.progress)).where(child.parent_id == parent_id, child.status == states.STARTED)
    last = select(latest.updated_at).where(latest.parent_id == parent_id).order_by(latest.updated_at.desc()).limit(1)
    columns = (Job.status, func.count(), running.scalar_subquery(), last.scalar_subquery())
    rows = db.session.execute(select(*columns).where(Job.parent_id == parent_id).group_by(Job.status)).all()
    if not rows:
        return Family({}, 0.0, 0.0)
    return Family({row[0]: row[1] for row in rows}, rows[0][2] or 0.0, rows[0][3] or 0.0)


def child_entry(job_id: str, title: str, status: str, progress: float) -> dict[str, Any]:
    return {"job_id": job_id, "title": title, "status": status, "progress": round(progress, 4)}


def _entries(children: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        child_entry(child.id, child.title, child.status, child.progress) | {"position": child.position}
        for child in children
    ]


def row_state(job: Job) -> LiveState:
    """What a row says of its job, whatever its state."""
    if job.waits_for_children:
        family = family_of(job.id)
        entries = _entries(recent_children(job.id))
        news_at = max(job.updated_at, family.news_at)
        return parent_state(job, family.counts, entries, news_at, running=family.running)
    extra = end_fields(job.status, error=job.error, result=job.result, result_url=job.result_url)
    if job.children_total is not None:
        extra |= children_fields(_entries(recent_children(job.id)), status_counts(job.id))
    if job.status == states.SCHEDULED:
        extra["due_at"] = clock.iso(job.due_at)
    return LiveState(
        status=job.status,
        progress=job.progress,
        step=job.step,
        message=job.message,
        current=job.current,
        total=job.total,
        eta=Remaining(0.0, 0.0) if job.status in states.ENDED else None,
        steps=job.steps or (),
        cancel_requested=job.cancel_requested_at is not None and job.status in states.LIVE,
        updated_at=job.updated_at,
        ended_at=job.ended_at,
        extra=extra,
    )


def parent_state(
    parent: Job,
    counts: Mapping[str, int],
    children: Sequence[dict[str, Any]],
    news_at: float,
    *,
    running: float = 0.0,
) -> LiveState:
    """What is to be said of a parent whose children run, and of which the last news is from `news_at`. Pure.

    `running` is how much of those that run is done, in children. A child that is tried again starts at nothing; the
    row keeps how far the bar has come. Nothing in it goes on by itself, so that it stays the same until some child has
    news.
    """
    total = parent.children_total or 0
    done = sum(counts.get(status, 0) for status in states.ENDED)
    share = min(1.0, (done + running) / total) if total else 0.0
    elapsed = news_at - (parent.started_at or news_at)
    paced = done >= LEAST_DONE_FOR_ETA and elapsed >= LEAST_SECONDS_FOR_ETA
    kind = JOB_TYPES.get(parent.type)
    step = steps.last_step(kind).name if kind else parent.step
    return LiveState(
        status=parent.status,
        progress=max(parent.progress, PREPARED + (1 - PREPARED) * share),
        step=step,
        message="Canceling…" if parent.cancel_requested_at else "",
        current=done,
        total=total,
        eta=by_pace(elapsed, done, max(0, total - done)) if paced else None,
        steps=steps.with_last(parent.steps or (), step, elapsed),
        cancel_requested=parent.cancel_requested_at is not None,
        updated_at=news_at,
        extra=children_fields(children, dict(counts)),
    )


def write(job: Job, live: LiveState) -> int:
    """Store the document of a row if it says anything new; its version, 0 if it came too late.

    The caller minds `RedisError`.
    """
    return ProgressStore(redis.client).write(
        job.id,
        attempt=job.attempt,
        progress=live.progress,
        ends=live.status in states.ENDED,
        least_version=job.version,
        json_head=json_head(document(job, live)),
        only_if_new=True,
        tally=Tally(live.current or 0, int(live.updated_at * 1000)) if job.waits_for_children else NO_TALLY,
    )


def tell_cancel(job_id: str, attempt: int) -> None:
    """Say in the live document of a running job that it was asked to stop; best effort, since its row says so too."""
    try:
        ProgressStore(redis.client).tell_cancel(job_id, attempt=attempt)
    except RedisError as e:
        log.debug("cancel_not_told", job_id=job_id, error=str(e))


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
            version = write(job, row_state(job))
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
