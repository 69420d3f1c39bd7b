"""Lists of jobs for operators and programs: filters, and pages by a cursor that stays true while jobs come and go."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased, defer

import clock
from errors import InvalidInput
from extensions import db
from models import Job, JobEvent, User
from services.jobs import dependencies, instants, line, publish, states
from services.jobs.filters import JobFilter, is_job_id
from services.jobs.operations import get_job
from services.jobs.registry import has_children, label_of
from services.jobs.search import NEWEST, Found, Key, Search

MAX_LIMIT = 200
CURSOR_SEPARATOR = "~"


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page of jobs, with the cursors to go on from both ways.

    `searched_to` is set where the page is not full since only the next `WINDOW` jobs were looked through: they reach
    to this instant, and the next page goes on from there. `count` is of all pages, `MOST_COUNTED` + 1 where they are
    more, None where it was not asked for or cannot be told cheaply.
    """

    items: Sequence[Job]
    next_cursor: str | None
    previous_cursor: str | None = None
    searched_to: float | None = None
    count: int | None = None


def list_jobs(
    wanted: JobFilter,
    *,
    sort: str = NEWEST,
    limit: int = 50,
    cursor: str | None = None,
    before: str | None = None,
    counted: bool = False,
) -> JobPage:
    """Jobs in an order of `search.SORTS`, behind `cursor` or right before `before`.

    :raise InvalidInput: if `limit` is not from 1 to 200, or the order or a cursor is none that there is.
    """
    _check_limit(limit)
    search = Search(wanted, sort)
    place = _key(before or cursor, search, "before" if before else "cursor")
    found = search.page(limit, place, backwards=bool(before))
    return JobPage(
        items=_rows(found.ids),
        next_cursor=_cursor(found.next_key),
        previous_cursor=_cursor(found.previous_key),
        searched_to=_instant(found.searched_to),
        count=_count(search, found) if counted else None,
    )


def _rows(ids: list[str]) -> list[Job]:
    """The jobs of these ids in their order, without what is long and not for lists."""
    rows = db.session.scalars(
        select(Job)
        .where(Job.id.in_(ids))
        .options(defer(Job.error_detail), defer(Job.result), defer(Job.params), defer(Job.steps))
        .execution_options(populate_existing=True)
    )
    by_id = {job.id: job for job in rows}
    return [by_id[job_id] for job_id in ids if job_id in by_id]


def _count(search: Search, found: Found) -> int | None:
    """A search that came to the end of a single page has counted by it."""
    if found.next_key is None and found.previous_key is None:
        return len(found.ids)
    return search.count()


def _cursor(key: Key | None) -> str | None:
    """A key as text: the id, behind what the list is sorted by if that is something else."""
    return None if key is None else CURSOR_SEPARATOR.join(map(str, key))


def _key(cursor: str | None, search: Search, field: str) -> Key | None:
    """The key that a cursor was made of.

    :raise InvalidInput: naming the field, if it was not made by a list of this order.
    """
    if not cursor:
        return None
    value, separator, job_id = cursor.rpartition(CURSOR_SEPARATOR)
    try:
        if bool(separator) != bool(search.sort.column) or not is_job_id(job_id):
            raise ValueError("made for another order")
        return (_finite(value), job_id) if separator else (job_id,)
    except ValueError as e:
        allowed = "take it unchanged from `next_cursor` of a page of the same order"
        raise InvalidInput("The cursor cannot be used.", details={field: allowed}) from e


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("no instant")
    return value


def _instant(key: Key | None) -> float | None:
    if key is None:
        return None
    return float(key[0]) if len(key) > 1 else instants.instant_of_id(key[0])


def people(limit: int = 100) -> dict[int, str]:
    """Whose jobs there may be, by id."""
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name).order_by(User.id).limit(limit))}


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
        "parent_id": job.parent_id,
        "type": job.type,
        "label": label_of(job.type),
        "title": job.title,
        "status": job.status,
        "progress": round(job.progress, 4),
        "queue": job.queue,
        "tags": job.tags,
        "attempt": job.attempt,
        "max_attempts": job.max_attempts,
        "created_at": clock.iso(job.created_at),
        "started_at": clock.iso(job.started_at),
        "ended_at": clock.iso(job.ended_at),
        "due_at": clock.iso(job.due_at),
        "worker": job.worker,
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
        "queue_position": line.position_in_queue(job) if job.parent_id is None else None,
        "attempts": job.attempt,
        "crashes": job.crash_count,
        "updated_at": clock.iso(job.updated_at),
        "cancel_requested_at": clock.iso(job.cancel_requested_at),
        "error_code": job.error_code,
        "result": job.result,
        "waits_for": dependencies.facts([job]).get(job.id, {}).get("waits_for"),
        "parent": None if job.parent_id is None else {"job_id": job.parent_id, "title": parent_title},
        "children_counts": publish.status_counts(job.id) if _has_children(job) else None,
        "history": history(job.id),
    }


def _has_children(job: Job) -> bool:
    return has_children(job.type) or job.children_total is not None


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
