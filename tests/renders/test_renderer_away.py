"""While the renderer does not answer nothing is lost: a job asks again, and looks after what cannot be checked."""

from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from errors import TransientError
from extensions import db, transaction
from models import Job, Render
from services.renders import asking, start
from tests.conftest import RunJobs
from tests.renders.conftest import COMBINE, Called, a_while_later, kinds, render, segment
from tests.servers.nca import Nca


def test_it_is_taken_in_and_asked_for_later(renderer: Nca, client: FlaskClient, run_jobs: RunJobs) -> None:
    renderer.down = True
    answer = client.post("/api/renders", json=COMBINE).get_json()
    assert (answer["external_job_id"], answer["status"]) == (None, "processing")
    renderer.down = False
    run_jobs()
    assert render(answer["render_id"]).external_job_id == renderer.job.job_id


def test_asking_twice_asks_once(asked: dict[str, Any], renderer: Nca) -> None:
    asking.ask(asked["render_id"])
    assert len(renderer.jobs) == 1


def test_nobody_asks_while_somebody_does(renderer: Nca, client: FlaskClient) -> None:
    renderer.down = True
    render_id = client.post("/api/renders", json=COMBINE).get_json()["render_id"]
    renderer.down = False
    assert asking._take_turn(render_id) is not None
    asking.ask(render_id)
    assert renderer.jobs == {}


def test_whichever_job_ends_first_ends_it_if_an_answer_was_lost(
    renderer: Nca, client: FlaskClient, called: Called
) -> None:
    renderer.loses_answers = True
    render_id = client.post("/api/renders", json=COMBINE).get_json()["render_id"]
    first = renderer.job
    renderer.loses_answers = False
    asking.ask(render_id)
    assert len(renderer.jobs) == 2
    renderer.end(first)
    called(first)
    ended = render(render_id)
    assert (ended.status, ended.external_job_id, ended.asks) == ("completed", first.job_id, 2)
    assert segment().status == "combined"


def test_a_call_that_comes_before_the_answer_is_taken(renderer: Nca, client: FlaskClient, called: Called) -> None:
    renderer.loses_answers = True
    render_id = client.post("/api/renders", json=COMBINE).get_json()["render_id"]
    renderer.end(renderer.job)
    assert called(renderer.job).status_code == 200
    assert render(render_id).status == "completed"
    assert render(render_id).external_job_id == renderer.job.job_id


def test_a_call_that_cannot_be_checked_is_looked_after(
    asked: dict[str, Any], renderer: Nca, called: Called, run_jobs: RunJobs
) -> None:
    renderer.end(renderer.job)
    renderer.down = True
    assert called(renderer.job).status_code == 200
    assert render(asked["render_id"]).status == "processing"
    assert kinds(asked["render_id"]) == ["waiting"]
    renderer.down = False
    run_jobs()
    ended = render(asked["render_id"])
    assert (ended.status, ended.found_by) == ("completed", "poll")
    job = db.session.scalars(select(Job).where(Job.status != "scheduled")).one()
    assert (job.status, job.result) == ("finished", {"render_id": ended.id, "status": "completed"})


def test_what_it_refuses_has_failed(renderer: Nca, client: FlaskClient) -> None:
    renderer.refuses = True
    answer = client.post("/api/renders", json=COMBINE)
    assert answer.status_code == 409
    assert answer.get_json()["error"] == "renderer_refused"
    ended = render(answer.get_json()["details"]["render_id"])
    assert (ended.status, ended.found_by) == ("failed", None)
    assert "inputs" in (ended.error or "")
    assert segment().status == "failed"


def test_asking_says_that_nobody_answered(renderer: Nca, client: FlaskClient) -> None:
    renderer.down = True
    render_id = client.post("/api/renders", json=COMBINE).get_json()["render_id"]
    with pytest.raises(TransientError, match="503"):
        asking.ask(render_id)
    assert render(render_id).status == "processing"


class Killed(BaseException):
    """No `except` of ours sees a kill."""


def die(*_: object) -> None:
    raise Killed


# Before it asks, and before it writes down that it has.
@pytest.mark.parametrize(("module", "step"), [(start, "ask"), (asking, "_note_taken")])
def test_who_is_killed_leaves_a_job_that_asks(
    module: ModuleType,
    step: str,
    renderer: Nca,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    run_jobs: RunJobs,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, step, die)
        with pytest.raises(Killed):
            client.post("/api/renders", json=COMBINE)
    db.session.rollback()
    a_while_later()
    run_jobs()
    (render_id,) = db.session.scalars(select(Render.id)).all()
    assert render(render_id).external_job_id == list(renderer.jobs)[-1]


def test_a_job_does_not_rely_on_who_else_is_asking(renderer: Nca, client: FlaskClient, run_jobs: RunJobs) -> None:
    renderer.down = True
    render_id = client.post("/api/renders", json=COMBINE).get_json()["render_id"]
    renderer.down = False
    assert asking._take_turn(render_id) is not None  # and is lost
    run_jobs()
    assert renderer.jobs == {}
    a_while_later()
    run_jobs()
    assert render(render_id).external_job_id == renderer.job.job_id


def test_the_job_has_nothing_to_do_where_it_was_asked_for(
    asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs
) -> None:
    a_while_later()
    run_jobs()
    assert (list(renderer.jobs), renderer.looks) == ([asked["external_job_id"]], [])
    assert db.session.scalars(select(Job.status)).all() == ["finished"]


def test_the_same_again_asks_for_what_was_not_taken(renderer: Nca, client: FlaskClient, run_jobs: RunJobs) -> None:
    renderer.down = True
    render_id = client.post("/api/renders", json=COMBINE).get_json()["render_id"]
    with transaction() as session:
        session.execute(update(Job).values(status="failed", active_key=None))
    renderer.down = False
    again = client.post("/api/renders", json=COMBINE).get_json()
    assert (again["render_id"], again["already_running"]) == (render_id, True)
    run_jobs()
    assert render(render_id).external_job_id == renderer.job.job_id
