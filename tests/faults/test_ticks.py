"""A janitor that looked before things changed takes no tick that is not there any more, or was taken already."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from extensions import db, db_now, transaction
from models import Schedule, ScheduleRun
from services.schedules import control, ticking
from services.schedules.rows import ensure_rows

NAME = "clean_up"


@pytest.fixture
def due_at(app: Flask) -> float:
    """When the schedule became due: a second ago."""
    ensure_rows()
    with transaction() as session:
        instant = (session.scalar(select(db_now())) or 0.0) - 1.0
        _set_next(instant)
    return instant


def _set_next(instant: float) -> None:
    db.session.execute(update(Schedule).where(Schedule.name == NAME).values(next_at=instant))


def _runs() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(ScheduleRun.id)).all())


def test_it_takes_no_tick_of_times_that_were_changed_meanwhile(due_at: float) -> None:
    control.change(NAME, "0 4 * * *", by="ann")
    assert ticking._take(NAME, due_at) is None
    assert _runs() == 0


def test_it_takes_no_tick_again_that_comes_back_with_a_clock_that_was_set_back(due_at: float) -> None:
    assert ticking._take(NAME, due_at) is not None
    with transaction():
        _set_next(due_at)
    assert ticking._take(NAME, due_at) is None
    assert _runs() == 1
