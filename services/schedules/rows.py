"""The rows behind the table: made when they are first needed, and brought in line with the code."""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from extensions import db, db_now, transaction
from models import Schedule
from services.schedules import cron
from services.schedules.table import SCHEDULES, Line

STARTING = "starting"  # the note of a run whose job is being submitted


def ensure_rows() -> None:
    """One read if all is as it should be. What operators have changed stays as it is."""
    columns = select(Schedule.name, Schedule.cron, Schedule.paused, Schedule.changed_by)
    held = {row.name: row for row in db.session.execute(columns)}
    db.session.rollback()
    for line in SCHEDULES.values():
        row = held.get(line.name)
        if row is None:
            _insert(line)
        elif not row.changed_by and (row.cron, row.paused) != (line.cron, line.begins_paused):
            _follow_code(line)


def _insert(line: Line) -> None:
    try:
        with transaction() as session:
            now = session.scalar(select(db_now())) or 0.0
            next_at = None if line.begins_paused else cron.next_time(line.cron, now)
            session.add(
                Schedule(name=line.name, cron=line.cron, paused=line.begins_paused, changed_at=now, next_at=next_at)
            )
    except IntegrityError:
        return  # another janitor was first


def _follow_code(line: Line) -> None:
    with transaction() as session:
        now = session.scalar(select(db_now())) or 0.0
        session.execute(
            update(Schedule)
            .where(Schedule.name == line.name, Schedule.changed_by == "")
            .values(
                cron=line.cron,
                paused=line.begins_paused,
                next_at=None if line.begins_paused else cron.next_time(line.cron, now),
            )
        )
