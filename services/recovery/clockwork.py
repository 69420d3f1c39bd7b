"""When a schedule runs next: what becomes of a thing by itself is often up to one."""

from sqlalchemy import select

from extensions import db
from models import Schedule
from services.schedules.table import SCHEDULES


def next_run(name: str) -> float | None:
    """The instant; None if the schedule is paused."""
    return db.session.scalar(select(Schedule.next_at).where(Schedule.name == name, Schedule.paused.is_(False)))


def label(name: str) -> str:
    return SCHEDULES[name].label
