"""A render is given up once it was looked for for a day and not found; it is looked for a while longer all the same."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import update

import clock
from extensions import transaction
from models import Render
from services.renders.due import due
from tests.conftest import RunJobs
from tests.renders.conftest import COMBINE, kinds, render, segment
from tests.renders.cycles import a_cycle, make_due
from tests.servers.nca import Nca

A_DAY = 25 * 3600.0


def test_it_is_given_up_after_a_day(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    make_due(A_DAY)
    assert a_cycle(run_jobs)["expired"] == 1
    given_up = render(asked["render_id"])
    assert (given_up.status, given_up.found_by) == ("expired", "poll")
    assert "Given up after 24 hours." in given_up.note
    assert segment().status == "failed"
    assert given_up.check_at is not None
    assert 3500 < given_up.check_at - clock.now() < 3700


def test_its_output_is_taken_if_that_appears_later(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    make_due(A_DAY)
    a_cycle(run_jobs)
    renderer.end(renderer.job)
    make_due()
    assert a_cycle(run_jobs)["completed"] == 1
    ended = render(asked["render_id"])
    assert (ended.status, ended.is_contradicted, ended.check_at) == ("completed", False, None)
    assert segment().status == "combined"
    assert kinds(ended.id) == ["finished", "finished"]


def test_it_does_not_fail_any_more(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    make_due(A_DAY)
    a_cycle(run_jobs)
    renderer.end(renderer.job, 500, "too late")
    make_due()
    assert a_cycle(run_jobs) == {
        "checked": 1,
        "completed": 0,
        "failed": 0,
        "expired": 0,
        "still_processing": 0,
        "errors": 0,
    }
    assert render(asked["render_id"]).status == "expired"


def test_after_a_week_nobody_looks_any_more(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    make_due(A_DAY)
    a_cycle(run_jobs)
    with transaction() as session:
        session.execute(update(Render).values(finished_at=clock.now() - 8 * 86_400))
    make_due()
    a_cycle(run_jobs)
    assert render(asked["render_id"]).check_at is None
    assert a_cycle(run_jobs)["checked"] == 0


def test_those_under_way_come_first(
    asked: dict[str, Any], client: FlaskClient, renderer: Nca, run_jobs: RunJobs
) -> None:

    make_due(A_DAY)
    a_cycle(run_jobs)
    later = client.post("/api/renders", json=COMBINE | {"target_id": "outro"}).get_json()
    make_due()
    assert [each.asked.id for each in due(10)] == [later["render_id"], asked["render_id"]]
    assert [each.asked.id for each in due(1)] == [later["render_id"]]
