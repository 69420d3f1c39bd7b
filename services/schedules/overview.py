"""What the console shows of the schedules. Nothing is written by looking."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

import clock
from extensions import db
from models import Job, Schedule, ScheduleRun
from services.schedules import cron
from services.schedules.rows import STARTING
from services.schedules.table import SCHEDULES, Line

RUNS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Run:
    """One time that a schedule ran; `status` is that of its job now, None if there is none (any more)."""

    id: int
    at: float
    started_by: str
    job_id: str | None
    note: str
    title: str
    status: str | None
    started_at: float | None
    ended_at: float | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A schedule as it stands; `next_times` are empty while it is paused."""

    line: Line
    cron: str
    words: str
    is_changed: bool
    is_paused: bool
    reason: str
    changed_by: str
    changed_at: float | None
    next_times: Sequence[float]
    last: Run | None


def entries() -> list[Entry]:
    """All of the table, in its order: two statements."""
    rows = {row.name: row for row in db.session.scalars(select(Schedule))}
    last = _last_runs()
    return [_entry(line, rows.get(name), last.get(name)) for name, line in SCHEDULES.items()]


def entry(name: str) -> Entry:
    """:raise KeyError: if there is no such schedule."""
    return _entry(SCHEDULES[name], db.session.get(Schedule, name), _last_runs().get(name))


def _entry(line: Line, row: Schedule | None, last: Run | None) -> Entry:
    expression = row.cron if row else line.cron
    is_paused = row.paused if row else line.begins_paused
    return Entry(
        line=line,
        cron=expression,
        words=cron.in_words(expression),
        is_changed=expression != line.cron,
        is_paused=is_paused,
        reason=row.reason if row else "",
        changed_by=row.changed_by if row else "",
        changed_at=row.changed_at if row else None,
        next_times=[] if is_paused else cron.next_times(expression, clock.now()),
        last=last,
    )


def _last_runs() -> dict[str, Run]:
    latest = select(func.max(ScheduleRun.id)).group_by(ScheduleRun.name)
    rows = _with_jobs().where(ScheduleRun.id.in_(latest.scalar_subquery()))
    return {row.name: _run(row) for row in db.session.execute(rows)}


def runs(name: str, *, before: int | None = None) -> tuple[list[Run], int | None]:
    """The runs of a schedule, the latest first, from before a run's id; and where the next page begins."""
    wanted = _with_jobs().where(ScheduleRun.name == name).order_by(ScheduleRun.id.desc()).limit(RUNS_SHOWN + 1)
    if before is not None:
        wanted = wanted.where(ScheduleRun.id < before)
    found = [_run(row) for row in db.session.execute(wanted)]
    return found[:RUNS_SHOWN], found[RUNS_SHOWN - 1].id if len(found) > RUNS_SHOWN else None


def _with_jobs() -> Any:
    columns = (Job.title, Job.status, Job.started_at.label("job_started_at"), Job.ended_at)
    return select(
        ScheduleRun.id,
        ScheduleRun.name,
        ScheduleRun.at,
        ScheduleRun.started_by,
        ScheduleRun.job_id,
        ScheduleRun.note,
        *columns,
    ).outerjoin(Job, Job.id == ScheduleRun.job_id)


def _run(row: Row[Any]) -> Run:
    note = "" if row.note == STARTING and row.status else row.note
    return Run(
        row.id,
        row.at,
        row.started_by,
        row.job_id,
        "It is being started." if note == STARTING else note,
        row.title or "",
        row.status,
        row.job_started_at,
        row.ended_at,
    )
