"""Lists of jobs for operators and programs: filters, and pages by a cursor that stays true while jobs come and go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

import clock
from errors import InvalidInput
from extensions import db
from models import Job, JobEvent
from services.jobs import publish, reads, states
from services.jobs.filters import JobFilter
from services.jobs.operations import get_job
from services.jobs.registry import label_of

MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class JobPage:
    items: Sequence[Job]
    next_cursor: str | None


def list_jobs(wanted: JobFilter, *, limit: int = 50, cursor: str | None = None) -> JobPage:
    """Jobs, the newest first. The cursor is the id of the last one seen: ids grow with time.

    :raise InvalidInput: if `limit` is not from 1 to 200.
    """
    _check_limit(limit)
    conditions = wanted.conditions()
    if cursor:
        conditions.append(Job.id < cursor)
    rows = db.session.scalars(select(Job).where(*conditions).order_by(Job.id.desc()).limit(limit + 1)).all()
    more = len(rows) > limit
    return JobPage(rows[:limit], rows[limit - 1].id if more else None)


@dataclass(frozen=True, slots=True)
class ChildPage:
    items: list[dict[str, Any]]
    next_cursor: int | None


def list_children(parent_id: str, *, limit: int = 100, cursor: int = -1) -> ChildPage:
    """A parent's children in order, from behind position `cursor`: `{job_id, title, status, progress, position}`.

    :raise NotFound: if there is no such job.
    :raise InvalidInput: if `limit` is not from 1 to 200.
    """
    _check_limit(limit)
    get_job(parent_id)
    rows = db.session.execute(
        select(Job.id, Job.title, Job.status, Job.progress, Job.position, Job.target_id, Job.error)
        .where(Job.parent_id == parent_id, Job.position > cursor)
        .order_by(Job.position)
        .limit(limit + 1)
    ).all()
    items = [
        publish.child_entry(row.id, row.title, row.status, row.progress)
        | {"position": row.position, "target_id": row.target_id, "error": row.error}
        for row in rows[:limit]
    ]
    return ChildPage(items, rows[limit - 1].position if len(rows) > limit else None)


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidInput(f"limit={limit} is out of range.", details={"limit": f"1 to {MAX_LIMIT}"})


def live_job_of(type_name: str, target_type: str, target_id: int) -> Job | None:
    """The job that is at this target now, as a job of its own or as a child of another."""
    wanted = (Job.target_type == target_type, Job.target_id == str(target_id), Job.type == type_name)
    return db.session.scalar(
        select(Job).where(*wanted, Job.status.in_(states.LIVE)).order_by(Job.parent_id.is_not(None), Job.id).limit(1)
    )


def summary(job: Job) -> dict[str, Any]:
    """A job in a list."""
    return {
        "job_id": job.id,
        "type": job.type,
        "label": label_of(job.type),
        "title": job.title,
        "status": job.status,
        "progress": round(job.progress, 4),
        "queue": job.queue,
        "attempt": job.attempt,
        "max_attempts": job.max_attempts,
        "created_at": clock.iso(job.created_at),
        "started_at": clock.iso(job.started_at),
        "ended_at": clock.iso(job.ended_at),
        "error": job.error,
        "result_url": job.result_url,
        "progress_url": f"/api/progress/{job.id}",
    }


def status(job_id: str) -> dict[str, Any]:
    """All that may be told of one job.

    :raise NotFound: if there is no such job.
    """
    job = get_job(job_id)
    parent = aliased(Job)
    parent_title = db.session.scalar(select(parent.title).where(parent.id == job.parent_id)) if job.parent_id else None
    return summary(job) | {
        "target": None if job.target_type is None else {"type": job.target_type, "id": job.target_id},
        "queue_position": reads.position_in_queue(job) if job.parent_id is None else None,
        "attempts": job.attempt,
        "crashes": job.crash_count,
        "worker": job.worker,
        "due_at": clock.iso(job.due_at),
        "updated_at": clock.iso(job.updated_at),
        "cancel_requested_at": clock.iso(job.cancel_requested_at),
        "error_code": job.error_code,
        "result": job.result,
        "parent": None if job.parent_id is None else {"job_id": job.parent_id, "title": parent_title},
        "children_counts": publish.status_counts(job.id) if job.children_total is not None else None,
        "history": history(job.id),
    }


def history(job_id: str) -> list[dict[str, Any]]:
    """Every move of a job, in order."""
    events = db.session.scalars(select(JobEvent).where(JobEvent.job_id == job_id).order_by(JobEvent.id))
    return [
        {
            "attempt": event.attempt,
            "from": event.from_status,
            "to": event.to_status,
            "reason": event.reason,
            "at": clock.iso(event.at),
        }
        for event in events
    ]
