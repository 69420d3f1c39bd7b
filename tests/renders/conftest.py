"""A Backbeat whose renderer is a server on this machine, and ways to be called by it."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from extensions import db, transaction
from models import Job, Render, RenderEvent, Segment
from services.jobs import transitions
from tests.servers.nca import API_KEY, Nca, NcaJob, nca

COMBINE: dict[str, Any] = {
    "operation": "combine",
    "target_type": "segment",
    "target_id": "intro",
    "inputs": {"voice_url": "https://example.org/voice.mp3", "video_url": "https://example.org/picture.mp4"},
}


@pytest.fixture
def renderer() -> Iterator[Nca]:
    with nca() as server:
        yield server


@pytest.fixture
def settings_overrides(renderer: Nca) -> dict[str, Any]:
    return {"nca_base_url": renderer.url, "nca_api_key": API_KEY}


Called = Callable[..., TestResponse]


@pytest.fixture
def called(app: Flask) -> Called:
    """The renderer's call about a job, in its own words or in others."""

    def call(job: NcaJob, told: dict[str, Any] | None = None) -> TestResponse:
        return app.test_client().post(urlsplit(job.webhook_url).path, json=told or job.told)

    return call


@pytest.fixture
def asked(client: FlaskClient) -> dict[str, Any]:
    """A segment that is to be combined; what was answered."""
    answer = client.post("/api/renders", json=COMBINE)
    assert answer.status_code == 202
    document: dict[str, Any] = answer.get_json()
    return document


def render(render_id: str) -> Render:
    """As it is by now: what an earlier look left open would show it as it was then."""
    db.session.rollback()
    return db.session.get_one(Render, render_id, populate_existing=True)


def segment(segment_id: str = "intro") -> Segment:
    db.session.rollback()
    return db.session.get_one(Segment, segment_id, populate_existing=True)


def kinds(render_id: str) -> list[str]:
    """What became of all that was said of it, in order, its start left out."""
    query = select(RenderEvent.kind).where(RenderEvent.render_id == render_id).order_by(RenderEvent.id)
    found = [kind for kind in db.session.scalars(query) if kind != "started"]
    db.session.rollback()
    return found


def a_while_later() -> None:
    """What is due later is due; nobody's turn to ask lasts so long."""
    with transaction() as session:
        session.execute(update(Job).where(Job.status == "scheduled").values(due_at=0.0))
        session.execute(update(Render).where(Render.asking_until.is_not(None)).values(asking_until=1.0))
        transitions.promote_due(session, limit=10)
