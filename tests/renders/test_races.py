"""Calls and looks that meet: whatever their order and number, one of them ends the render, once, on either database."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from extensions import db
from models import RenderEvent
from services.renders import finishing
from services.renders.outcomes import Outcome
from tests.renders.conftest import COMBINE, Called, render, segment
from tests.servers.nca import Nca

AT_ONCE = 12


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Any) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def together(deeds: list[Callable[[], Any]]) -> list[Any]:
    barrier = threading.Barrier(len(deeds))

    def do(deed: Callable[[], Any]) -> Any:
        barrier.wait(30)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def _look(app: Flask, render_id: str, outcome: Outcome) -> bool:
    with app.app_context():
        return finishing.finish(render_id, "poll", outcome)


def _winners(render_id: str) -> int:
    ended = select(RenderEvent.id).where(RenderEvent.render_id == render_id, RenderEvent.kind == "finished")
    found = len(db.session.scalars(ended).all())
    db.session.rollback()
    return found


def test_one_of_calls_and_looks_ends_it(app: Flask, asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    renderer.end(renderer.job)
    found = Outcome("completed", output_url="https://example.org/seen.mp4")
    calls: list[Callable[[], Any]] = [lambda: called(renderer.job).status_code] * AT_ONCE
    looks: list[Callable[[], Any]] = [lambda: _look(app, asked["render_id"], found)] * AT_ONCE
    answers = together(calls + looks)
    ended = render(asked["render_id"])
    assert answers[:AT_ONCE] == [200] * AT_ONCE
    assert sum(answers[AT_ONCE:]) == (ended.found_by == "poll")
    assert _winners(ended.id) == 1
    assert ended.status == "completed"
    assert segment().file_url == ended.output_url


def test_done_and_failed_at_once_is_one_of_them(app: Flask, asked: dict[str, Any]) -> None:
    done, failed = Outcome("completed", output_url="https://example.org/o.mp4"), Outcome("failed", error="no")
    deeds: list[Callable[[], Any]] = [
        lambda outcome=outcome: _look(app, asked["render_id"], outcome)  # type: ignore[misc] # bound for each
        for outcome in (done, failed) * AT_ONCE
    ]
    assert sum(together(deeds)) == 1
    ended = render(asked["render_id"])
    assert ended.is_contradicted
    assert segment().status == {"completed": "combined", "failed": "failed"}[ended.status]


def test_asked_for_at_once_it_is_asked_for_once(app: Flask, renderer: Nca) -> None:
    deeds: list[Callable[[], Any]] = [lambda: app.test_client().post("/api/renders", json=COMBINE)] * 8
    app.test_client().get("/api/renders")  # the owner is there
    answers = together(deeds)
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.get_json()["render_id"] for answer in answers}) == 1
    assert sum(not answer.get_json()["already_running"] for answer in answers) == 1
    assert len(renderer.jobs) == 1
