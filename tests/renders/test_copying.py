"""With RENDER_COPY_OUTPUTS what was rendered is copied into our own storage, for its target if that still takes it."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from extensions import db, transaction
from models import Job, Segment, Video
from services.media import stored
from tests.conftest import RunJobs
from tests.episodes.rows import put
from tests.made_media import ffmpeg
from tests.renders.conftest import Called, render, segment
from tests.servers.nca import API_KEY, Nca
from tests.videos.rows import a_video


@pytest.fixture
def settings_overrides(renderer: Nca) -> dict[str, Any]:
    return {"nca_base_url": renderer.url, "nca_api_key": API_KEY, "render_copy_outputs": True}


@pytest.fixture
def video(tmp_path: Path) -> bytes:
    path = tmp_path / "o.mp4"
    ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=0.4", "-pix_fmt", "yuv420p", str(path)])
    return path.read_bytes()


def _job() -> Job:
    db.session.rollback()
    return db.session.scalars(select(Job).where(Job.type == "copy_render")).one()


def test_it_is_kept_for_its_target(
    asked: dict[str, Any], renderer: Nca, called: Called, run_jobs: RunJobs, video: bytes
) -> None:
    renderer.end(renderer.job, output=video)
    called(renderer.job)
    assert segment().media_key is None
    run_jobs()
    key = f"segments/intro/rendered-{asked['render_id']}.mp4"
    assert (_job().status, segment().media_key) == ("finished", key)
    assert b"".join(stored.storage().open(key)) == video
    assert segment().file_url == render(asked["render_id"]).output_url


def test_a_video_has_its_new_film_alone(
    client: FlaskClient, renderer: Nca, called: Called, run_jobs: RunJobs, video: bytes
) -> None:
    a_video(id="show", upload_id=None, status="ready", media_key="videos/show/source.mp4", duration_seconds=60.0)
    put("videos/show/source.mp4")
    inputs = {"video_urls": ["https://example.org/1.mp4"]}
    body = {"operation": "concatenate", "target_type": "video", "target_id": "show", "inputs": inputs}
    render_id = client.post("/api/renders", json=body).get_json()["render_id"]
    renderer.end(renderer.job, output=video)
    called(renderer.job)
    run_jobs()
    found = db.session.get_one(Video, "show", populate_existing=True)
    assert (found.status, found.media_key) == ("ready", f"videos/show/rendered-{render_id}.mp4")
    assert (found.size_bytes, found.width) == (len(video), 160)
    assert found.duration_seconds == pytest.approx(0.4, abs=0.1)
    assert stored.storage().list("videos/") == [found.media_key]


def test_what_is_no_video_is_not_kept(asked: dict[str, Any], renderer: Nca, called: Called, run_jobs: RunJobs) -> None:
    renderer.end(renderer.job)  # whole by its boxes, but there is no picture in it
    called(renderer.job)
    run_jobs()
    assert (_job().status, segment().media_key) == ("failed", None)
    assert segment().status == "combined"
    assert stored.storage().list("segments/") == []


def test_a_target_that_takes_another_one_gets_no_copy(
    asked: dict[str, Any], renderer: Nca, called: Called, run_jobs: RunJobs, video: bytes
) -> None:
    renderer.end(renderer.job, output=video)
    called(renderer.job)
    with transaction() as session:
        session.execute(update(Segment).values(render_id="a later one"))
    run_jobs()
    assert (_job().status, segment().media_key) == ("finished", None)
    assert stored.storage().list("segments/") == []


def test_an_earlier_copy_goes(
    asked: dict[str, Any], renderer: Nca, called: Called, run_jobs: RunJobs, video: bytes, tmp_path: Path
) -> None:
    earlier = "segments/intro/rendered-earlier.mp4"
    stored.storage().put(earlier, tmp_path / "o.mp4")
    with transaction() as session:
        session.execute(update(Segment).values(media_key=earlier))
    renderer.end(renderer.job, output=video)
    called(renderer.job)
    run_jobs()
    assert stored.storage().list("segments/") == [f"segments/intro/rendered-{asked['render_id']}.mp4"]


def test_nothing_is_copied_of_what_failed(asked: dict[str, Any], renderer: Nca, called: Called) -> None:
    renderer.end(renderer.job, 500, "no")
    called(renderer.job)
    assert db.session.scalars(select(Job.type).where(Job.type == "copy_render")).all() == []
