"""The cycle's schedule: how often, and whether, by the settings, until an operator says otherwise."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from extensions import current_settings, db
from models import Schedule
from services.renders.cycle import SCHEDULE, submit_cycle
from services.schedules import control
from services.schedules.rows import ensure_rows
from services.schedules.table import SCHEDULES


def _row() -> Schedule:
    db.session.rollback()
    return db.session.scalars(select(Schedule).where(Schedule.name == SCHEDULE)).one()


def _set(app: Flask, **changes: Any) -> None:
    app.extensions["backbeat_settings"] = current_settings().model_copy(update=changes)


def test_it_runs_every_two_minutes(app: Flask) -> None:
    ensure_rows()
    assert (_row().cron, _row().paused) == ("*/2 * * * *", False)
    assert _row().next_at is not None


@pytest.mark.parametrize("minutes", [1, 7, 59])
def test_it_follows_the_settings(app: Flask, minutes: int) -> None:
    ensure_rows()
    _set(app, polling_interval_minutes=minutes)
    ensure_rows()
    assert _row().cron == f"*/{minutes} * * * *" == SCHEDULES[SCHEDULE].cron


def test_it_begins_paused_where_polling_is_off(app: Flask) -> None:
    _set(app, polling_enabled=False)
    ensure_rows()
    assert (_row().paused, _row().next_at) == (True, None)
    _set(app, polling_enabled=True)
    ensure_rows()
    assert (_row().paused, _row().next_at is None) == (False, False)


def test_operators_have_the_last_word(app: Flask) -> None:
    ensure_rows()
    control.pause(SCHEDULE, by="Otto")
    _set(app, polling_interval_minutes=5)
    ensure_rows()
    assert (_row().cron, _row().paused) == ("*/2 * * * *", True)


def test_one_is_under_way_at_a_time(app: Flask) -> None:
    first = submit_cycle("0" * 26)
    second = submit_cycle("1" * 26)
    assert (second.job_id, second.already_running) == (first.job_id, True)
