"""The pace of the last minutes: what the history has of them, and the rest by looking at the newest jobs."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from extensions import db, db_now
from models import Job, JobStat, RollUp
from services.stats.stretches import MINUTE_SECONDS, created_in, ended_in, floor_to

# Rows of `RollUp`: until when jobs are counted by the minute, and since when.
JOBS, JOBS_SINCE = "jobs", "jobs_since"


def rates(queues: Iterable[str], minutes: int = 5, *, now: float | None = None) -> dict[str, tuple[float, float]]:
    """For each queue the jobs that came in and that ended, a minute, over the last full minutes and the running one.

    Children count, and so does a parent. Four statements, each over a range of an index. `now` is by the database's
    clock if it is not given.
    """
    reach = reach_of_history()
    now = reach.now if now is None else now
    start = floor_to(now, MINUTE_SECONDS) - minutes * MINUTE_SECONDS
    tail = min(max(start, reach.until), int(now))
    incoming, outgoing = _counted(start, tail)
    incoming.update(_by_queue(created_in(tail, now + 1)))
    outgoing.update(_by_queue(ended_in(tail, now + 1)))
    span_minutes = (now - start) / MINUTE_SECONDS
    return {queue: (incoming[queue] / span_minutes, outgoing[queue] / span_minutes) for queue in queues}


class Reach(NamedTuple):
    """The database's time, and the stretch that the history covers; both its ends are 0 before anything is counted."""

    now: float
    since: int
    until: int


def reach_of_history() -> Reach:
    """How far the history reaches, by one statement."""
    since, until = (
        select(RollUp.done_until).where(RollUp.name == name).scalar_subquery() for name in (JOBS_SINCE, JOBS)
    )
    row = db.session.execute(select(db_now(), since, until)).one()
    return Reach(row[0], row[1] or 0, row[2] or 0)


def _counted(start: int, end: int) -> tuple[Counter[str], Counter[str]]:
    ended = func.sum(JobStat.finished + JobStat.failed + JobStat.canceled)
    rows = db.session.execute(
        select(JobStat.queue, func.sum(JobStat.created), ended)
        .where(JobStat.bucket_at >= start, JobStat.bucket_at < end, JobStat.resolution_seconds == MINUTE_SECONDS)
        .group_by(JobStat.queue)
    ).all()
    return Counter({queue: int(made) for queue, made, _ in rows}), Counter(
        {queue: int(over) for queue, _, over in rows}
    )


def _by_queue(wanted: ColumnElement[bool]) -> dict[str, int]:
    rows = db.session.execute(select(Job.queue, func.count()).where(wanted).group_by(Job.queue)).all()
    return dict(rows)
