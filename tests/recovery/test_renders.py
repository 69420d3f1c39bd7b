"""A render whose end does not come is told of, with when it is looked for, and looked for at once."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import clock
from errors import Conflict, NotFound
from extensions import db
from models import Job, Render
from services.library import users
from services.recovery import renders
from services.renders import states
from services.schedules import control
from services.schedules.rows import ensure_rows
from tests.renders.rows import a_render_of

HOUR = 3600.0


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url: str = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    return url or f"sqlite:///{tmp_path / 'test.db'}"


def _old(**more: Any) -> str:
    """One that the renderer took an hour ago."""
    times: dict[str, Any] = {"asked_at": clock.now() - HOUR, "check_at": clock.now() + 60}
    return a_render_of(users.default_owner().id, **(times | more))


def _row(render_id: str) -> Render:
    db.session.rollback()
    return db.session.get_one(Render, render_id, populate_existing=True)


def test_it_tells_why_and_when_it_is_looked_for(app: Flask) -> None:
    ensure_rows()
    check_at = clock.now() + HOUR
    render_id = _old(check_at=check_at, checks=3)
    (thing,) = renders.find(10)
    assert (thing.id, thing.url) == (render_id, f"/admin/renders/{render_id}")
    assert thing.title == f"combine for segment segment-{render_id}"
    assert thing.why == "Neither the renderer's call nor its output has come"
    assert (thing.next, thing.next_at) == ("It is looked for again", check_at)
    assert thing.remedy == renders.LOOK
    assert renders.FINDER.count() == 1


def test_it_says_that_nothing_happens_while_the_schedule_is_paused(app: Flask) -> None:
    ensure_rows()
    control.pause("check_renders", by="ann")
    _old()
    (thing,) = renders.find(10)
    assert thing.next.startswith("Nothing, but for the renderer's call: the schedule")
    assert thing.next_at is None


def test_one_that_was_given_up_can_be_asked_for_again(app: Flask) -> None:
    ensure_rows()
    _old(status=states.EXPIRED, active_key=None)
    (thing,) = renders.find(10)
    assert thing.remedy == renders.ASK
    assert "once an hour" in thing.next


def test_it_leaves_out_the_young_and_what_is_over(app: Flask) -> None:
    a_render_of(users.default_owner().id)
    _old(status=states.COMPLETED, active_key=None)
    _old(status=states.FAILED, active_key=None)
    assert (renders.find(10), renders.FINDER.count()) == ([], 0)


def test_it_has_it_looked_for_in_one_cycle_whoever_asks_how_often(app: Flask) -> None:
    ensure_rows()
    first, second = _old(check_at=clock.now() + HOUR), _old(check_at=clock.now() + HOUR)
    renders.act(first, "ann")
    renders.act(second, "ann")
    assert [_row(each).check_at <= clock.now() + 1 for each in (first, second)] == [True, True]  # type: ignore[operator]
    assert db.session.scalar(db.select(db.func.count()).where(Job.type == "check_renders")) == 1


def test_it_refuses_one_that_is_over(app: Flask) -> None:
    with pytest.raises(Conflict, match="nobody waits"):
        renders.act(_old(status=states.COMPLETED, active_key=None), "ann")
    with pytest.raises(NotFound):
        renders.act("0" * 26, "ann")
