"""Cycles, calls and people at the same renders at once: each ends once, on either database."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from errors import Conflict
from extensions import DATABASE_AWAY, current_settings, db
from models import RenderEvent, User
from services.reconciling import reconcile
from services.renders import cycle, finishing
from services.renders.looking import Eyes
from services.renders.outcomes import Outcome
from services.renders.retrying import retry
from tests.renders.conftest import render
from tests.renders.cycles import cycles, under_way
from tests.servers.nca import API_KEY, Nca, NcaJob

MANY = 40


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Any) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def settings_overrides(renderer: Nca) -> dict[str, Any]:
    return {"nca_base_url": renderer.url, "nca_api_key": API_KEY, "render_output_url": renderer.output_pattern}


def _patiently(deed: Callable[[], Any]) -> Any:
    """SQLite lets one write, and says so to who has waited for long."""
    for _ in range(20):
        try:
            return deed()
        except DATABASE_AWAY:
            db.session.rollback()
    raise AssertionError("The database could not be had.")


def _look(app: Flask, name: str) -> None:
    """A cycle of its own, though in the fleet there is one at a time."""
    with app.app_context():
        settings = current_settings()
        each = cycle.Cycle(name, Eyes.of(settings), cycle.rules(settings))
        _patiently(lambda: reconcile(each.reconciler(), batch_size=5, at_once=5))


def _call(app: Flask, renders: list[tuple[str, NcaJob]]) -> None:
    with app.app_context():
        for render_id, job in renders:
            found = Outcome("completed", output_url="https://example.org/o.mp4", external_job_id=job.job_id)
            _patiently(partial(finishing.finish, render_id, "webhook", found))


def _together(*deeds: Callable[[], None]) -> None:
    barrier = threading.Barrier(len(deeds))

    def do(deed: Callable[[], None]) -> None:
        barrier.wait(30)
        deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        list(pool.map(do, deeds))


def test_each_ends_once(app: Flask, owner: User, renderer: Nca) -> None:
    owner_id = owner.id
    renders = [under_way(owner_id, renderer) for _ in range(MANY)]
    for _, job in renders:
        renderer.end(job)
    _together(
        lambda: _look(app, "a"),
        lambda: _look(app, "b"),
        lambda: _call(app, renders),
        lambda: _call(app, renders[::-1]),
    )
    db.session.rollback()
    ends = select(func.count()).where(RenderEvent.kind == "finished").group_by(RenderEvent.render_id)
    assert db.session.scalars(ends).all() == [1] * MANY
    found = [render(render_id) for render_id, _ in renders]
    assert {each.status for each in found} == {"completed"}
    assert not any(each.is_contradicted for each in found)
    assert sum(each.completed for each in cycles()) == sum(each.found_by == "poll" for each in found)


def test_what_was_seen_before_a_retry_does_not_end_it(app: Flask, owner: User, renderer: Nca) -> None:
    """The cycle has looked, and somebody retries before it has written down what it saw."""
    render_id, job = under_way(owner.id, renderer, status="expired", active_key=None, finished_at=1.0)
    renderer.end(job)
    settings = current_settings()
    each = cycle.Cycle("a", Eyes.of(settings), cycle.rules(settings))
    (due,) = each.reconciler().due(5)
    sight = each.reconciler().look(due)
    retry(render_id, by="Otto")
    each.reconciler().apply([(due, each.reconciler().decide(due, sight))])
    assert render(render_id).status == "processing"
    assert render(render_id).external_job_id != job.job_id


def test_two_people_retry_it_once(app: Flask, owner: User, renderer: Nca) -> None:
    render_id, _ = under_way(owner.id, renderer, status="failed", active_key=None, finished_at=1.0)
    refused: list[str] = []

    def press() -> None:
        with app.app_context():
            try:
                _patiently(lambda: retry(render_id, by="Otto"))
            except Conflict as e:
                refused.append(e.code)

    _together(press, press, press)
    assert len(refused) == 2
    assert len(renderer.jobs) == 2
