"""A render that failed or was given up can be begun anew; what is still heard of before changes nothing."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from errors import Conflict, NotFound
from extensions import db, transaction
from models import AuditEntry, RenderEvent, Segment, User
from services.renders import asking, finishing, listing
from services.renders.filters import RenderFilter
from services.renders.outcomes import Outcome
from services.renders.retrying import retry, retry_all, retry_later, retry_many
from services.renders.stuck import count_stuck
from tests.conftest import RunJobs
from tests.renders.conftest import COMBINE, Called, kinds, render, segment
from tests.renders.cycles import a_cycle, make_due
from tests.renders.rows import a_render_of
from tests.servers.nca import Nca

FAILED = Outcome("failed", error="no")


@pytest.fixture
def failed(asked: dict[str, Any]) -> str:
    render_id = str(asked["render_id"])
    assert finishing.finish(render_id, "poll", FAILED)
    return render_id


def _second(renderer: Nca) -> Any:
    return list(renderer.jobs.values())[1]


def test_it_asks_the_renderer_anew(failed: str, renderer: Nca, called: Called, client: FlaskClient) -> None:
    answer = client.post(f"/api/renders/{failed}/retry")
    assert answer.status_code == 202
    assert answer.get_json()["external_job_id"] == _second(renderer).job_id
    again = render(failed)
    assert (again.status, again.error, again.found_by, again.finished_at) == ("processing", None, None, None)
    assert segment().status == "processing"
    renderer.end(_second(renderer))
    assert called(_second(renderer)).status_code == 200
    assert (render(failed).status, segment().status) == ("completed", "combined")
    assert kinds(failed) == ["finished", "retried", "finished"]


def test_an_old_call_is_nobodys(failed: str, renderer: Nca, called: Called) -> None:
    first = renderer.job
    retry(failed, by="Otto")
    renderer.end(first)
    assert called(first).status_code == 401
    assert render(failed).status == "processing"


def test_what_was_seen_of_before_changes_nothing(failed: str) -> None:
    before = render(failed).token_hash
    retry(failed, by="Otto")
    assert not finishing.finish(failed, "poll", FAILED, token_hash=before)
    assert not finishing.finish(failed, "poll", Outcome("completed", output_url="https://x"), token_hash=before)
    assert (render(failed).status, render(failed).is_contradicted) == ("processing", False)
    assert kinds(failed) == ["finished", "retried", "unknown", "unknown"]


def test_what_was_asked_for_before_is_not_told_as_taken(failed: str) -> None:
    before = render(failed).token_hash
    retry(failed, by="Otto")
    started = select(func.count()).where(RenderEvent.render_id == failed, RenderEvent.kind == "started")
    asked_for = db.session.scalar(started)
    asking._note_taken(failed, before, "a-job-of-before")
    assert db.session.scalar(started) == asked_for


def test_who_did_so_is_written_down(failed: str) -> None:
    retry(failed, by="Otto")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "retry_render")).one()
    assert (entry.actor, entry.target_id, entry.details) == ("Otto", failed, {"was": "failed"})


def test_what_was_given_up_has_its_full_time_again(asked: dict[str, Any], renderer: Nca, run_jobs: RunJobs) -> None:
    make_due(25 * 3600.0)
    a_cycle(run_jobs)
    retry(asked["render_id"], by="Otto")
    assert count_stuck() == 0
    assert render(asked["render_id"]).told_done_at is None


@pytest.mark.parametrize("status", ["processing", "completed"])
def test_what_is_not_over_is_refused(client: FlaskClient, owner: User, status: str) -> None:
    render_id = a_render_of(owner.id, status=status)
    answer = client.post(f"/api/renders/{render_id}/retry")
    assert (answer.status_code, answer.get_json()["error"]) == (409, "not_over")


def test_a_target_takes_one_at_a_time(failed: str, client: FlaskClient) -> None:
    assert client.post("/api/renders", json=COMBINE).status_code == 202
    with pytest.raises(Conflict, match="another render under way"):
        retry(failed, by="Otto")


def test_a_target_that_is_gone_is_told_of(failed: str) -> None:
    with transaction() as session:
        session.delete(session.get_one(Segment, "intro"))
    with pytest.raises(NotFound, match="intro"):
        retry(failed, by="Otto")
    assert render(failed).status == "failed"


def test_one_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.post("/api/renders/01JD8Z5M3V7Q2K4N6P8R0S1T2W/retry").status_code == 404


def test_a_refusal_fails_it_again(failed: str, renderer: Nca, client: FlaskClient) -> None:
    renderer.refuses = True
    answer = client.post(f"/api/renders/{failed}/retry")
    assert (answer.status_code, answer.get_json()["error"]) == (409, "renderer_refused")
    assert render(failed).status == "failed"


def test_if_the_renderer_is_away_a_job_asks(failed: str, renderer: Nca, run_jobs: RunJobs) -> None:
    renderer.down = True
    retry(failed, by="Otto")
    assert (render(failed).status, render(failed).external_job_id) == ("processing", None)
    renderer.down = False
    run_jobs()
    assert render(failed).external_job_id == _second(renderer).job_id


def test_many_are_begun_anew_by_jobs(owner: User, renderer: Nca, run_jobs: RunJobs) -> None:
    ids = [a_render_of(owner.id, status="failed", active_key=None) for _ in range(3)]
    running = a_render_of(owner.id)
    told = retry_many([*ids, running, "no-such-render"], by="Otto")
    assert (told.retried, told.skipped, told.left) == (3, {"not_over": 1, "no_such_render": 1}, 0)
    run_jobs()
    assert len(renderer.jobs) == 3
    assert {render(each).external_job_id for each in ids} == set(renderer.jobs)


def test_all_that_are_meant_are_begun_anew(owner: User, renderer: Nca, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [a_render_of(owner.id, status="expired", active_key=None) for _ in range(3)]
    a_render_of(owner.id, status="failed", active_key=None)
    monkeypatch.setattr("services.renders.retrying.MOST", 2)
    told = retry_all(RenderFilter(status="expired"), by="Otto")
    assert (told.retried, told.left) == (2, 1)
    assert [render(each).status for each in ids] == ["processing", "processing", "expired"]


def test_many_leave_out_those_whose_target_has_a_later_one(failed: str, renderer: Nca, client: FlaskClient) -> None:
    later = client.post("/api/renders", json=COMBINE).get_json()["render_id"]
    finishing.finish(later, "poll", FAILED)
    assert listing.retryable(RenderFilter(status="failed")) == (1, 1)
    assert retry_many([failed], by="Otto").skipped == {"superseded": 1}
    with pytest.raises(Conflict, match="a later one"):
        retry_later(failed, by="Otto")
    assert retry_all(RenderFilter(status="failed"), by="Otto").left == 0
    assert (render(failed).status, render(later).status) == ("failed", "processing")
