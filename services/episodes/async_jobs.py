"""Jobs as the async API tells of them, in its own words and units."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, Select, func, select, union_all

from errors import Conflict, InvalidInput
from extensions import current_settings, db, redis
from models import Job
from services.episodes.orders import PROCESS, RENDER_CLIPS, TAKE_IN
from services.jobs import commands, reads, states
from services.jobs.filters import is_job_id
from services.jobs.operations import get_job
from services.jobs.s2 import WORDS, s2_status, statuses_of
from store.bell import Bell
from store.progress import LiveDocument

TYPES = (PROCESS, RENDER_CLIPS, TAKE_IN)
MAX_LIMIT = 200
# The newest of each type; how many there were before that hardly matters to somebody who asks how things stand.
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class AsyncPage:
    items: Sequence[dict[str, Any]]
    next_cursor: str | None


def told(job_id: str) -> dict[str, Any]:
    """All that is told of one job: its live report where there is one, else what its row says.

    :raise NotFound: if there is no such job.
    """
    return _told(reads.progress(job_id))


def _told(live: LiveDocument) -> dict[str, Any]:
    document = json.loads(live.body)
    return {
        "job_id": document["job_id"],
        "job_type": document["job_type"],
        "status": s2_status(document["status"]),
        "progress": round(document["progress"] * 100, 2),
        "current_stage": document["current_step"] or None,
        "message": document["message"] or document["step_label"],
        "eta_seconds": document["eta_seconds"],
        "result": document.get("result"),
        "error": document.get("error"),
        "created_at": document["created_at"],
        "started_at": document["started_at"],
        "completed_at": document["ended_at"],
    }


def list_jobs(owner_id: int | None, *, status: str = "", limit: int = 50, cursor: str = "") -> AsyncPage:
    """Work on episodes, the newest first: somebody's, or of None everybody's.

    :raise InvalidInput: naming the argument that is not acceptable.
    """
    _check(status, limit, cursor)
    wanted = [*_of(owner_id), *([Job.status.in_(statuses_of(status))] if status else [])]
    wanted += [Job.id < cursor] if cursor else []
    found = sorted(db.session.scalars(_newest(wanted, limit + 1)), reverse=True)
    shown = found[:limit]
    documents = reads.progress_of_many(shown)
    items = [_told(documents[job_id]) for job_id in shown if job_id in documents]
    return AsyncPage(items, shown[-1] if len(found) > limit else None)


def stats(owner_id: int | None) -> dict[str, int]:
    """How many of somebody's jobs, or of None everybody's, are in each state, and how many workers there are."""
    newest = _newest(_of(owner_id), MOST_COUNTED).subquery()
    counted = select(Job.status, func.count()).where(Job.id.in_(select(newest.c.id))).group_by(Job.status)
    counts = dict.fromkeys(WORDS, 0)
    for state, number in db.session.execute(counted):
        counts[s2_status(state)] += number
    return counts | {"total": sum(counts.values()), "max_workers": _worker_count()}


def cancel(job_id: str, actor: str) -> str:
    """Cancel a job that waits, or ask one that runs to stop; the word for its state after.

    :raise NotFound: if there is no such job.
    :raise Conflict: if it is over; `details.status` says how it ended.
    """
    _refuse_if_over(job_id)
    try:
        return s2_status(commands.cancel(job_id, actor))
    except Conflict:
        _refuse_if_over(job_id)
        raise


def _refuse_if_over(job_id: str) -> None:
    status = get_job(job_id).status
    if status in states.ENDED:
        word = s2_status(status)
        raise Conflict(f"The job is over: it is {word}.", code="already_over", details={"status": word})


def _newest(wanted: Sequence[ColumnElement[bool]], limit: int) -> Select[str]:
    """The ids of the newest of each type, from one index each."""
    of_types = [
        select(Job.id)
        .where(Job.type == name, Job.parent_id.is_(None), *wanted)
        .order_by(Job.id.desc())
        .limit(limit)
        .subquery()
        for name in TYPES
    ]
    together = union_all(*(select(of_type.c.id) for of_type in of_types)).subquery()
    return select(together.c.id)


def _of(owner_id: int | None) -> list[ColumnElement[bool]]:
    return [] if owner_id is None else [Job.owner_id == owner_id]


def _worker_count() -> int:
    try:
        alive = Bell(redis.client).worker_count()
    except RedisError:
        alive = 0
    return alive or current_settings().workers


def _check(status: str, limit: int, cursor: str) -> None:
    if status and status not in WORDS:
        allowed = f"one of {', '.join(WORDS)}"
        raise InvalidInput(f"{status[:60]!r} is no status here.", details={"status": allowed})
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidInput(f"limit={limit} is out of range.", details={"limit": f"1 to {MAX_LIMIT}"})
    if cursor and not is_job_id(cursor):
        raise InvalidInput("The cursor cannot be used.", details={"cursor": "`next_cursor` of the page before"})
