"""A render that was given up still takes its output if that appears, unless its target has a later one by then."""

from typing import Any

from flask.testing import FlaskClient

from services.renders import finishing
from services.renders.outcomes import Outcome
from tests.renders.conftest import COMBINE, Called, kinds, render, segment
from tests.servers.nca import Nca

EXPIRED = Outcome("expired", note="Nothing was heard of it for 24 hours.")


def test_it_takes_its_output_after_all(asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    assert finishing.finish(asked["render_id"], "poll", EXPIRED)
    assert (render(asked["render_id"]).status, segment().status) == ("expired", "failed")
    renderer.end(renderer.job)
    called(renderer.job)
    ended = render(asked["render_id"])
    assert (ended.status, ended.found_by, ended.is_contradicted) == ("completed", "webhook", False)
    assert segment().status == "combined"


def test_a_later_render_of_its_target_counts(
    asked: dict[str, Any], renderer: Nca, called: Called, client: FlaskClient
) -> None:
    first = renderer.job
    finishing.finish(asked["render_id"], "poll", EXPIRED)
    later = client.post("/api/renders", json=COMBINE).get_json()
    second = renderer.jobs[later["external_job_id"]]
    renderer.end(second)
    called(second)
    renderer.end(first)
    called(first)
    assert render(asked["render_id"]).status == "completed"
    assert segment().file_url == render(later["render_id"]).output_url


def test_a_failure_of_what_was_given_up_contradicts_nothing(
    asked: dict[str, Any], renderer: Nca, called: Called
) -> None:
    finishing.finish(asked["render_id"], "poll", EXPIRED)
    renderer.end(renderer.job, 500, "no")
    called(renderer.job)
    ended = render(asked["render_id"])
    assert (ended.status, ended.is_contradicted) == ("expired", False)
    assert kinds(ended.id) == ["finished", "late"]


def test_what_is_done_is_not_given_up(asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    renderer.end(renderer.job)
    called(renderer.job)
    assert not finishing.finish(asked["render_id"], "poll", EXPIRED)
    ended = render(asked["render_id"])
    assert (ended.status, ended.is_contradicted) == ("completed", False)
    assert kinds(ended.id) == ["finished", "late"]
