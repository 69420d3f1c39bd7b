"""A cycle now, over HTTP: its figures if it does not take long, and which are stuck."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from extensions import db
from models import AuditEntry, Job, User
from services.renders.check_now import look_soon
from services.schedules import at_once
from tests.conftest import RunJobs
from tests.renders.conftest import render
from tests.renders.cycles import make_due, under_way
from tests.renders.rows import a_render_of
from tests.servers.nca import Nca
from tests.waiting import wait_until

ADDRESS = "/api/check-stuck-jobs"
NOTHING = {"checked": 0, "completed": 0, "failed": 0, "expired": 0, "still_processing": 0, "errors": 0}


@pytest.fixture
def caller(app: Flask) -> Iterator["Caller"]:
    caller = Caller(app)
    yield caller
    caller.join(30)


class Caller(threading.Thread):
    """Asks for a cycle, and waits for the answer."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app = app
        self.answer: Any = None

    def run(self) -> None:
        self.answer = self.app.test_client().post(ADDRESS)


def _is_queued() -> bool:
    found = db.session.scalar(select(Job.id).where(Job.type == "check_renders", Job.status == "queued"))
    db.session.rollback()
    return found is not None


def test_it_answers_with_the_figures(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs, caller: Caller) -> None:
    renderer.end(renderer.job)
    make_due()
    caller.start()
    wait_until(_is_queued, "the cycle is queued")
    run_jobs()
    caller.join(30)
    assert caller.answer.status_code == 200
    told = caller.answer.get_json()
    message = "1 looked at: 1 completed, 0 failed, 0 given up, 0 go on."
    assert told == {"success": True, "status": "completed", "message": message, "job_id": told["job_id"]} | NOTHING | {
        "checked": 1,
        "completed": 1,
    }


def test_it_tells_that_nothing_was_due(owner: User, run_jobs: RunJobs, caller: Caller) -> None:
    caller.start()
    wait_until(_is_queued, "the cycle is queued")
    run_jobs()
    caller.join(30)
    assert caller.answer.get_json()["message"] == "No render was due to be looked at."


def test_one_that_takes_longer_is_told_of(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_once, "MOST_SECONDS", 0.0)
    answer = client.post(ADDRESS)
    told = answer.get_json()
    assert (answer.status_code, told["status"], told["checked"]) == (202, "running", 0)
    assert answer.headers["Location"] == f"/api/jobs/{told['job_id']}/status"
    again = client.post(ADDRESS)
    assert (again.status_code, again.get_json()["status"]) == (202, "already_running")
    assert again.get_json()["job_id"] == told["job_id"]


def test_who_had_it_done_is_written_down(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_once, "MOST_SECONDS", 0.0)
    client.post(ADDRESS)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.target_id) == ("run_schedule", "check_renders")


def test_what_is_stuck_is_listed(client: FlaskClient, owner: User, renderer: Nca) -> None:
    young = a_render_of(owner.id)
    expired = a_render_of(owner.id, status="expired", check_at=1.0)
    forgotten = a_render_of(owner.id, status="expired")
    slow, _ = under_way(owner.id, renderer, asked_at=1.0)
    stuck = client.get("/api/renders?stuck=true").get_json()["renders"]
    assert [each["id"] for each in stuck] == [slow, expired]
    assert stuck[0]["check_at"] is not None
    others = client.get("/api/renders?stuck=false").get_json()["renders"]
    assert {each["id"] for each in others} == {young, forgotten}


def test_what_is_wanted_soon_is_looked_at_in_the_next_cycle(owner: User) -> None:
    waiting, done = a_render_of(owner.id, check_at=9e9), a_render_of(owner.id, status="completed")
    assert look_soon([waiting, done, "no-such-render"]) == 1
    assert (render(waiting).check_at or 9e9) < 9e9
    assert render(done).check_at is None
