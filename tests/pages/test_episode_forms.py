"""What the forms of episodes do; they work without a script."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from extensions import db
from models import Episode, Job
from services.episodes import discover
from services.episodes.files_wanted import ASPECT_RATIOS, VARIANTS
from services.jobs.submit import submit
from tests.pages import episode_rows
from tests.pages.markup import Markup

LIST = "/library/episodes"
ADDRESS = f"{LIST}/a-talk"


@pytest.fixture
def settings_overrides(tmp_path: Path) -> dict[str, Any]:
    folder = tmp_path / "watched"
    folder.mkdir()
    return {"watch_dir": folder}


def post(client: FlaskClient, address: str, **data: Any) -> Markup:
    """The page that follows."""
    response = client.post(address, data=data, follow_redirects=True)
    assert response.status_code == 200, response.text[:300]
    return Markup(response.text)


def jobs() -> list[Job]:
    return list(db.session.scalars(select(Job).order_by(Job.id).execution_options(populate_existing=True)))


def test_it_processes_all_the_way(client: FlaskClient) -> None:
    episode_rows.episode()
    page = post(client, f"{ADDRESS}/process")
    (job,) = jobs()
    assert (job.type, job.params["target_stage"], job.params["force"]) == ("process_episode", "rendered", False)
    assert page.all("div", data_job_id=job.id)
    assert "is being processed" in page.text


def test_it_processes_as_far_as_is_asked_and_starts_over(client: FlaskClient) -> None:
    episode_rows.episode(stage="rendered")
    post(client, f"{ADDRESS}/process", target_stage="transcribed", force_reprocess="true")
    assert [(job.params["target_stage"], job.params["force"]) for job in jobs()] == [("transcribed", True)]


def test_it_refuses_a_stage_that_there_is_not(client: FlaskClient) -> None:
    episode_rows.episode()
    assert "is no stage" in post(client, f"{ADDRESS}/process", target_stage="polished").text
    assert jobs() == []


def test_it_renders_all_clips_in_what_is_ticked(client: FlaskClient) -> None:
    episode_rows.episode(stage="enriched")
    episode_rows.enrich("a-talk")
    episode_rows.clip("a-talk")
    page = post(client, f"{ADDRESS}/render", variants=["subtitled"], aspect_ratios=["9x16", "1x1"])
    (job,) = jobs()
    assert job.type == "render_clips"
    assert job.params["clip_ids"] is None
    assert (job.params["variants"], job.params["aspect_ratios"]) == (["subtitled"], ["9x16", "1x1"])
    assert page.all("div", data_job_id=job.id, data_progress="playlist")


def test_it_renders_the_clips_that_are_ticked(client: FlaskClient) -> None:
    episode_rows.episode(stage="enriched")
    episode_rows.enrich("a-talk")
    episode_rows.clip("a-talk")
    wanted = episode_rows.clip("a-talk", "The sea")
    post(client, f"{ADDRESS}/render", variants=[*VARIANTS], aspect_ratios=[*ASPECT_RATIOS], clip_ids=[wanted])
    assert [job.params["clip_ids"] for job in jobs()] == [[wanted]]


def test_it_asks_for_a_tick_where_there_is_none(client: FlaskClient) -> None:
    episode_rows.episode(stage="enriched")
    episode_rows.enrich("a-talk")
    episode_rows.clip("a-talk")
    assert "Tick at least one of 9x16" in post(client, f"{ADDRESS}/render", variants=[*VARIANTS]).text
    assert jobs() == []


def test_it_renames(client: FlaskClient) -> None:
    episode_rows.episode()
    assert "<i>Rivers" in post(client, f"{ADDRESS}/rename", title="<i>Rivers").text
    assert db.session.get_one(Episode, "a-talk", populate_existing=True).title == "<i>Rivers"


def test_it_deletes(client: FlaskClient) -> None:
    episode_rows.episode()
    assert "was deleted" in post(client, f"{ADDRESS}/delete").text
    assert db.session.get(Episode, "a-talk", populate_existing=True) is None


def test_it_does_not_delete_what_is_worked_on(client: FlaskClient) -> None:
    episode_rows.episode()
    submit("process_episode", target_type="episode", target_id="a-talk")
    response = client.post(f"{ADDRESS}/delete")
    assert response.status_code == 409
    assert "cancel it, or wait for its end" in Markup(response.text).text
    assert db.session.get(Episode, "a-talk", populate_existing=True) is not None


def test_it_takes_in_a_file_that_is_sent(client: FlaskClient) -> None:
    page = post(client, f"{LIST}/upload", files=[_file("my-talk.mp4")])
    (job,) = jobs()
    assert (job.type, job.target_id) == ("take_in_episode", "my-talk")
    assert page.all("h1", title="my-talk")
    assert page.all("div", data_job_id=job.id)


def test_it_takes_in_several_at_once(client: FlaskClient) -> None:
    page = post(client, f"{LIST}/upload", files=[_file("one.mp4"), _file("two.mp4")])
    assert page.all("tr", id="episode-one")
    assert page.all("tr", id="episode-two")
    assert "2 episodes are being taken in" in page.text


def test_it_asks_for_a_file_where_none_is_sent(client: FlaskClient) -> None:
    response = client.post(f"{LIST}/upload", data={}, content_type="multipart/form-data")
    assert response.status_code == 422
    assert "No file was sent" in response.text


def test_it_adds_a_path_of_the_watched_folder(client: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "watched" / "lesson.mkv").write_bytes(b"0")
    page = post(client, f"{LIST}/add", source=str(tmp_path / "watched" / "lesson.mkv"), title="A lesson")
    assert page.all("h1", title="A lesson")


def test_it_adds_an_address(client: FlaskClient) -> None:
    page = post(client, f"{LIST}/add", source="https://example.com/talks/hills.mp4")
    assert page.all("h1", title="hills")


@pytest.mark.parametrize("source", ["", "/nowhere/talk.mp4", "not/absolute.mp4", "ftp://example.com/a.mp4"])
def test_it_says_what_may_be_added(client: FlaskClient, source: str) -> None:
    response = client.post(f"{LIST}/add", data={"source": source, "title": "Mine"})
    assert response.status_code == 422
    page = Markup(response.text)
    assert page.all("div", role="alert")
    assert [(each["value"]) for each in page.all("input", name="title")] == ["Mine"]
    assert jobs() == []


def test_it_discovers(client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discover, "SETTLED_SECONDS", 0.0)
    (tmp_path / "watched" / "lesson.mkv").write_bytes(b"0")
    assert "Found 1 new" in post(client, f"{LIST}/discover").text
    assert "Nothing new was found" in post(client, f"{LIST}/discover").text


def _file(name: str) -> tuple[Any, str]:
    return BytesIO(b"no video, which nobody has looked at yet"), name
