"""How each queue fares: its depth, its pace, its line, and whether it is held back."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

import clock
from extensions import db, db_now
from models import Job, JobStat
from services.fleet.depths import COUNTED, Depths, read_depths
from services.fleet.drain import time_to_drain
from services.fleet.health import is_alive, read_records
from services.fleet.lines import Line, look_at_lines
from services.jobs import states
from services.jobs.registry import QUEUES
from services.stats.recent import rates, reach_of_history
from services.stats.stretches import HOUR_SECONDS, MINUTE_SECONDS, floor_to
from store.workers import WorkerRecord

RATE_MINUTES = 5


def queue_status(records: list[WorkerRecord] | None = None) -> list[dict[str, Any]]:
    """Each queue by a constant number of statements, whatever its depth; instants in ISO 8601.

    `records` are the workers, if somebody has read them already. `oldest_wait_seconds` counts children too, and
    `line_wait_seconds`, which is held against `wait_limit_seconds`, does not: a long playlist waits for its turn.
    """
    lines, depths, pace = look_at_lines(), read_depths(), rates(QUEUES, RATE_MINUTES)
    finished, children_due = _finished_last_hour(), _oldest_children()
    known = records if records is not None else read_records() or []
    served = [queue for record in known if is_alive(record) for queue in record.queues]
    return [
        _describe(lines[name], depths, *pace[name])
        | {
            "oldest_wait_seconds": _longest(lines[name].wait_seconds, children_due.get(name)),
            "finished_last_hour": finished.get(name, 0),
            "workers": served.count(name),
        }
        for name in QUEUES
    ]


def _describe(line: Line, depths: Depths, in_per_minute: float, out_per_minute: float) -> dict[str, Any]:
    name, pause = line.queue, line.pause
    queued = depths.counts[name, states.QUEUED]
    drain = time_to_drain(queued, in_per_minute, out_per_minute, is_paused=pause is not None)
    return {
        "name": name,
        **{status: depths.counts[name, status] for status in COUNTED},
        "at_least": [status for status in COUNTED if (name, status) in depths.capped],
        "jobs_per_minute": round(out_per_minute, 1),
        "jobs_in_per_minute": round(in_per_minute, 1),
        "jobs_out_per_minute": round(out_per_minute, 1),
        "drain": drain.word,
        "drain_seconds": _rounded(drain.seconds),
        "drain_alone_seconds": _rounded(drain.seconds_alone),
        "line_wait_seconds": _rounded(line.wait_seconds),
        "wait_limit_seconds": line.limit_seconds,
        "paused": pause is not None,
        "paused_reason": pause.reason if pause else "",
        "paused_by": pause.by if pause else None,
        "paused_since": clock.iso(pause.since) if pause else None,
        "paused_until": clock.iso(pause.until) if pause else None,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def _longest(*waits: float | None) -> float | None:
    return _rounded(max((wait for wait in waits if wait is not None), default=None))


def _finished_last_hour() -> Mapping[str, int]:
    """From the history as far as it goes, and the rest by a range of an index."""
    reach = reach_of_history()
    start = floor_to(reach.now - HOUR_SECONDS, MINUTE_SECONDS)
    tail = max(start, reach.until)
    rolled = (
        select(JobStat.queue, func.sum(JobStat.finished))
        .where(JobStat.resolution_seconds == MINUTE_SECONDS, JobStat.bucket_at >= start, JobStat.bucket_at < tail)
        .group_by(JobStat.queue)
    )
    fresh = (
        select(Job.queue, func.count())
        .where(Job.status == states.FINISHED, Job.ended_at >= tail, Job.children_total.is_(None))
        .group_by(Job.queue)
    )
    counts = {queue: int(number) for queue, number in db.session.execute(rolled)}
    for queue, number in db.session.execute(fresh):
        counts[queue] = counts.get(queue, 0) + number
    return counts


def _oldest_children() -> dict[str, float]:
    """How long the first waiting child of any live parent has been due, by queue: a seek for each such parent."""
    waits = db.session.execute(_children_due()).all()
    return {queue: max(0.0, wait) for queue, wait in waits if wait is not None}


@cache  # to put it together takes longer than to run it
def _children_due() -> Any:
    child = aliased(Job)
    first = (
        select(func.min(child.due_at))
        .where(child.parent_id == Job.id, child.status == states.QUEUED, child.queue == Job.queue)
        .correlate(Job)
        .scalar_subquery()
    )
    parents = (Job.status == states.STARTED, Job.children_total.is_not(None))
    return select(Job.queue, db_now() - func.min(first)).where(*parents).group_by(Job.queue)
