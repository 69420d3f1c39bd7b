"""The renderer's call: a hint, after which the renderer is asked; what it says ends the render, once."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from extensions import current_settings, db
from models import Job, RenderEvent
from services.renders import events, finishing
from services.renders.outcomes import Outcome
from tests.conftest import RunJobs
from tests.renders.conftest import Called, kinds, render, segment
from tests.servers.nca import Nca


def test_it_ends_the_render_and_its_target(asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    renderer.end(renderer.job)
    answer = called(renderer.job)
    ended = render(asked["render_id"])
    assert (answer.status_code, answer.get_json()) == (200, {"success": True})
    assert (ended.status, ended.found_by) == ("completed", "webhook")
    assert ended.note == "Found by the renderer's call."
    assert ended.output_url == f"{renderer.url}/files/{renderer.job.job_id}_output_0.mp4"
    assert (segment().status, segment().file_url) == ("combined", ended.output_url)
    assert kinds(ended.id) == ["finished"]


def test_a_failure_is_its_targets_too(asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    renderer.end(renderer.job, 500, "ffmpeg: no such file")
    called(renderer.job)
    ended = render(asked["render_id"])
    assert (ended.status, ended.error) == ("failed", "The renderer failed: ffmpeg: no such file")
    assert (segment().status, segment().file_url) == ("failed", None)


def test_what_is_said_again_changes_nothing(asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    renderer.end(renderer.job)
    called(renderer.job)
    before = render(asked["render_id"]).finished_at
    assert [called(renderer.job).status_code for _ in range(3)] == [200, 200, 200]
    assert render(asked["render_id"]).finished_at == before
    assert kinds(asked["render_id"]) == ["finished", "repeated", "repeated", "repeated"]


def test_it_is_late_where_looking_was_quicker(asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    renderer.end(renderer.job)
    assert finishing.finish(asked["render_id"], "poll", Outcome("completed", output_url="https://example.org/o.mp4"))
    assert called(renderer.job).status_code == 200
    ended = render(asked["render_id"])
    assert (ended.found_by, ended.output_url) == ("poll", "https://example.org/o.mp4")
    assert segment().file_url == "https://example.org/o.mp4"
    assert kinds(ended.id) == ["finished", "late"]


def test_looking_is_late_where_it_was_quicker(asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    renderer.end(renderer.job)
    called(renderer.job)
    assert not finishing.finish(asked["render_id"], "poll", Outcome("completed", output_url="https://example.org/"))
    assert render(asked["render_id"]).found_by == "webhook"
    assert kinds(asked["render_id"]) == ["finished", "late"]


def test_it_waits_on_if_the_renderer_itself_is_still_at_it(
    asked: dict[str, Any], renderer: Nca, called: Called
) -> None:
    told = renderer.end(renderer.job)
    renderer.run(renderer.job)
    renderer.job.told = None
    assert called(renderer.job, told).status_code == 200
    assert render(asked["render_id"]).status == "processing"
    assert segment().status == "processing"
    assert kinds(asked["render_id"]) == ["contradicted"]


def test_the_renderers_own_word_counts_not_the_calls(asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    told = renderer.end(renderer.job)
    called(renderer.job, told | {"code": 500, "message": "a lie", "response": None})
    assert render(asked["render_id"]).status == "completed"


def test_done_and_then_failed_stays_done_and_is_flagged(asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    renderer.end(renderer.job)
    called(renderer.job)
    told = renderer.end(renderer.job, 500, "after all")
    called(renderer.job, told)
    ended = render(asked["render_id"])
    assert (ended.status, ended.is_contradicted) == ("completed", True)
    assert segment().status == "combined"
    assert kinds(ended.id) == ["finished", "contradicted"]


def test_a_job_of_others_changes_nothing(asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    told = renderer.end(renderer.job)
    foreign = renderer.take(renderer.job.endpoint, {"id": "somebody else's"})
    renderer.end(foreign)
    mine = next(iter(renderer.jobs.values()))
    assert called(mine, told | {"job_id": foreign.job_id}).status_code == 200
    assert called(mine, told | {"job_id": "no-such-job", "id": None}).status_code == 200
    assert render(asked["render_id"]).status == "processing"
    assert kinds(asked["render_id"]) == ["unknown", "unknown"]


def test_a_job_that_the_renderer_has_forgotten_is_waited_for(
    asked: dict[str, Any], renderer: Nca, called: Called
) -> None:
    job = renderer.job
    told = renderer.end(job)
    renderer.jobs.clear()
    called(job, told)
    assert render(asked["render_id"]).status == "processing"
    assert kinds(asked["render_id"]) == ["unknown"]


def test_who_says_the_same_for_ever_fills_no_disk(asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    renderer.end(renderer.job)
    for _ in range(events.MAX_KEPT + 5):
        assert called(renderer.job).status_code == 200
    kept = select(func.count()).where(RenderEvent.render_id == asked["render_id"])
    assert db.session.scalar(kept) == events.MAX_KEPT


def test_a_call_that_comes_when_its_settings_are_gone_is_kept(
    app: Flask, asked: dict[str, Any], renderer: Nca, called: Called
) -> None:
    renderer.end(renderer.job)
    app.extensions["backbeat_settings"] = current_settings().model_copy(update={"nca_base_url": None})
    assert called(renderer.job).status_code == 200
    assert kinds(asked["render_id"]) == ["waiting"]


def test_all_of_it_can_be_read(asked: dict[str, Any], renderer: Nca, called: Called, client: FlaskClient) -> None:
    renderer.end(renderer.job)
    called(renderer.job)
    told = client.get(f"/api/renders/{asked['render_id']}").get_json()
    assert told["status"] == "completed"
    assert told["found_by"] == "webhook"
    assert [event["kind"] for event in told["events"]] == ["finished", "started"]
    assert told["inputs"]["voice_url"] == "https://example.org/voice.mp3"


def test_an_output_that_is_nowhere_is_waited_for(
    app: Flask, asked: dict[str, Any], renderer: Nca, called: Called, run_jobs: RunJobs
) -> None:
    told = renderer.end(renderer.job)
    told["response"] = None
    called(renderer.job)
    kept = db.session.scalars(select(RenderEvent).where(RenderEvent.kind == "waiting")).one()
    assert "RENDER_OUTPUT_URL" in kept.note
    assert render(asked["render_id"]).status == "processing"
    run_jobs()
    tended = db.session.scalars(select(Job).where(Job.status == "failed")).one()
    assert "RENDER_OUTPUT_URL" in (tended.error or "")
    settings = current_settings().model_copy(update={"render_output_url": renderer.output_pattern})
    app.extensions["backbeat_settings"] = settings
    called(renderer.job)
    ended = render(asked["render_id"])
    assert (ended.status, ended.output_url) == (
        "completed",
        renderer.output_pattern.replace("{external_job_id}", renderer.job.job_id),
    )
