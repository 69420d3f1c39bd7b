"""All renders that were given up are begun anew with one press, and jobs ask the renderer, however slow that is."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

import clock
from extensions import db
from models import AuditEntry, Render
from services.library import users
from services.recovery import acting, renders
from services.renders import states
from services.schedules.rows import ensure_rows
from tests.conftest import RunJobs
from tests.renders.rows import a_render_of
from tests.servers.nca import API_KEY, Nca, nca

LONG_AGO_SECONDS = 3600.0


@pytest.fixture
def renderer() -> Iterator[Nca]:
    with nca() as server:
        yield server


@pytest.fixture
def settings_overrides(renderer: Nca) -> dict[str, Any]:
    return {"nca_base_url": renderer.url, "nca_api_key": API_KEY}


def _old(status: str, **more: Any) -> str:
    at = clock.now() - LONG_AGO_SECONDS
    return a_render_of(users.default_owner().id, status=status, asked_at=at, check_at=at, **more)


def _given_up() -> str:
    return _old(states.EXPIRED, active_key=None)


def _recovered() -> list[tuple[str, str, str]]:
    entries = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "recover"))
    return [(each.actor, each.target_type, each.target_id) for each in entries]


def test_jobs_ask_the_renderer(app: Flask, renderer: Nca, run_jobs: RunJobs) -> None:
    ensure_rows()
    ids = [_given_up(), _given_up()]
    assert acting.act_on_all(renders.KIND, by="ann") == acting.Acted(2, 0, "", 0)
    assert not renderer.jobs
    run_jobs()
    db.session.rollback()
    asked = db.session.scalars(db.select(Render.external_job_id).where(Render.id.in_(ids)))
    assert set(asked) == set(renderer.jobs)


def test_one_is_asked_for_at_once(app: Flask, renderer: Nca) -> None:
    renders.act(_given_up(), "ann")
    assert len(renderer.jobs) == 1


def test_whoever_has_one_looked_for_is_written_down(app: Flask) -> None:
    ensure_rows()
    render_id = _old(states.PROCESSING)
    renders.act(render_id, "ann")
    assert _recovered() == [("ann", "render", render_id)]
