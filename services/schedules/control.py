"""What operators may do to a schedule: pause it, resume it, run it now, and change its times."""

from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from ulid import ULID

from extensions import db_now, transaction
from models import Schedule, ScheduleRun
from services import audit
from services.schedules import cron, ticking
from services.schedules.rows import STARTING, ensure_rows
from services.schedules.table import line_of


def pause(name: str, *, by: str, reason: str = "") -> None:
    """:raise NotFound: if there is no such schedule."""
    _check(name)
    with transaction() as session:
        _change(session, name, by, paused=True, reason=reason[:200], next_at=None)
        audit.write(session, by, "pause_schedule", "schedule", name, details={"reason": reason})


def resume(name: str, *, by: str) -> None:
    """Let it run again, from its next time on.

    :raise NotFound: if there is no such schedule.
    """
    _check(name)
    with transaction() as session:
        _change(session, name, by, paused=False, reason="", next_at=_next(session, name))
        audit.write(session, by, "resume_schedule", "schedule", name)


def change(name: str, expression: str, *, by: str) -> None:
    """Give it other times.

    :raise NotFound: if there is no such schedule.
    :raise InvalidInput: if the expression is none.
    """
    _check(name)
    wanted = cron.check(expression)
    with transaction() as session:
        before = session.execute(select(Schedule.cron, Schedule.paused).where(Schedule.name == name)).one()
        next_at = None if before.paused else _next(session, name, wanted)
        _change(session, name, by, cron=wanted, next_at=next_at)
        audit.write(session, by, "change_schedule", "schedule", name, details={"from": before.cron, "to": wanted})


def run_now(name: str, *, by: str) -> int:
    """Start it now, also if it is paused; the id of its run.

    :raise NotFound: if there is no such schedule.
    """
    _check(name)
    try:
        run_id = _write_run(name, by)
    except IntegrityError:  # it was told to run, or was due, in this very millisecond
        run_id = _write_run(name, by)
    ticking.launch(run_id)
    return run_id


def _write_run(name: str, by: str) -> int:
    with transaction() as session:
        job_id = str(ULID())
        run = {"name": name, "at": db_now(), "started_at": db_now(), "started_by": by[:120], "note": STARTING}
        made = insert(ScheduleRun).values(**run, job_id=job_id).returning(ScheduleRun.id)
        run_id = int(session.execute(made).scalar_one())
        audit.write(session, by, "run_schedule", "schedule", name, job_id=job_id)
    return run_id


def _check(name: str) -> None:
    line_of(name)
    ensure_rows()


def _next(session: Session, name: str, expression: str | None = None) -> float:
    row = session.execute(select(db_now(), Schedule.cron).where(Schedule.name == name)).one()
    return cron.next_time(expression or row.cron, row[0])


def _change(session: Session, name: str, by: str, **values: Any) -> None:
    told = {"changed_by": by[:120], "changed_at": db_now()}
    session.execute(update(Schedule).where(Schedule.name == name).values(**told, **values))
