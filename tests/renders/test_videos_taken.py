"""A video that has another film rendered: of the one before nothing is told, and no other problem than its own."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from extensions import transaction
from services.media import stored
from services.renders import finishing
from services.renders.outcomes import Outcome
from services.videos import processing, runs
from tests.conftest import RunJobs
from tests.media.makers import recording
from tests.videos.rows import a_video
from tests.videos.waiting import runs_of, video

INPUTS = {"video_urls": ["https://example.org/1.mp4"]}
FILM = {"media_key": "videos/show/source.mp4", "web_key": "videos/show/web.mp4", "poster_key": "videos/show/poster.jpg"}
FILM_FACTS: dict[str, Any] = {"duration_seconds": 60.0, "width": 160, "processed_at": 1.0, "sha256": "0" * 64}
NEW = "https://example.org/new.mp4"
MADE, NOT_MADE = Outcome("completed", output_url=NEW), Outcome("failed", error="The renderer failed: no disk.")


def _ask(client: FlaskClient) -> Any:
    body = {"operation": "concatenate", "target_type": "video", "target_id": "show", "inputs": INPUTS}
    return client.post("/api/renders", json=body)


def _rendered(client: FlaskClient, **values: Any) -> str:
    """The id of the render of such a video that is under way."""
    a_video(**{"id": "show", "upload_id": None, "status": "ready"} | values)
    answer = _ask(client)
    assert answer.status_code == 202, answer.get_json()
    return str(answer.get_json()["render_id"])


def test_it_shows_the_new_film_alone(client: FlaskClient) -> None:
    render_id = _rendered(client, **FILM, **FILM_FACTS)
    assert finishing.finish(render_id, "poll", MADE)
    told = client.get("/api/videos/show").get_json()
    assert (told["status"], told["file_url"]) == ("ready", NEW)
    old = ("source_url", "web_url", "poster_url", "duration_seconds", "width", "processed_at", "file_name")
    assert {name: told[name] for name in old} == dict.fromkeys(old)
    assert NEW in client.get("/library/videos/show").get_data(as_text=True)


def test_a_problem_of_before_is_over_once_it_is_made(client: FlaskClient) -> None:
    stopped = {"status": "failed", "problem": "stopped", "problem_text": "It was stopped.", "failures": 3}
    finishing.finish(_rendered(client, **FILM, **stopped), "poll", MADE)
    found = video("show")
    assert (found.status, found.problem, found.problem_text, found.failures) == ("ready", None, None, 0)


def test_one_whose_render_failed_says_why(client: FlaskClient) -> None:
    stopped = {"status": "failed", "problem": "stopped", "problem_text": "It was stopped."}
    finishing.finish(_rendered(client, **stopped), "poll", NOT_MADE)
    found = video("show")
    assert (found.status, found.problem, found.problem_text) == ("failed", "render_failed", NOT_MADE.error)


def test_one_that_has_a_film_keeps_it_if_the_render_fails(client: FlaskClient) -> None:
    finishing.finish(_rendered(client, **FILM, **FILM_FACTS), "poll", NOT_MADE)
    found = video("show")
    assert (found.status, found.problem, found.web_key) == ("ready", None, FILM["web_key"])


@pytest.mark.parametrize("status", ["pending", "processing"])
def test_one_that_is_processed_from_its_stored_file_is_not_worked_on(client: FlaskClient, status: str) -> None:
    a_video(id="show", upload_id=None, media_key=FILM["media_key"], status=status)
    answer = _ask(client)
    assert (answer.status_code, answer.get_json()["error"]) == (409, "target_busy")


def test_a_failed_render_does_not_end_a_run_that_was_begun_since(client: FlaskClient) -> None:
    render_id = _rendered(client, **FILM)
    job_id = runs.start("show", by="a person").job_id
    with transaction() as session:
        runs.begin(session, "show", job_id)
    finishing.finish(render_id, "poll", NOT_MADE)
    assert (video("show").status, video("show").problem) == ("processing", None)


def test_a_run_that_waits_from_before_changes_nothing_of_the_new_one(client: FlaskClient, run_jobs: RunJobs) -> None:
    render_id = _rendered(client, **FILM)
    runs.start("show", by="a person")
    finishing.finish(render_id, "poll", MADE)
    run_jobs()
    found = video("show")
    assert [run.status for run in runs_of("show")] == ["failed"]
    assert (found.status, found.file_url, found.problem, found.media_key) == ("ready", NEW, None, None)


def test_a_run_that_is_in_its_midst_writes_nothing_of_the_film_before(
    client: FlaskClient, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stored.storage().put(FILM["media_key"], recording(tmp_path / "harbour.mp4", seconds=1))
    render_id = _rendered(client, **FILM)
    runs.start("show", by="a person")

    def overtaken(*_: object) -> str:
        finishing.finish(render_id, "poll", MADE)
        return FILM["web_key"]

    monkeypatch.setattr(processing, "_make_web_ready", overtaken)
    run_jobs()
    found = video("show")
    assert [run.status for run in runs_of("show")] == ["finished"]
    assert (found.status, found.web_key, found.processed_at) == ("ready", None, None)
