"""A clip that was sent over HTTP is described by its page, its pictures and what is said, and is found by all three."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.footage import states
from tests.conftest import RunJobs
from tests.made_media import spoken_video
from tests.servers.pages import PageServer

PAGE = """<html><head><title>The old mill at dawn</title><meta name="keywords" content="mill, heron, fog">
<meta name="description" content="A wooden wheel turns slowly where two streams meet, far from any road.">
</head></html>"""


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """The page is on this machine."""
    return {"webhook_allow_private": True}


@pytest.fixture
def site() -> Iterator[PageServer]:
    with PageServer() as server:
        yield server


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "IMG_0042.mp4"
    spoken_video(path, "The bell rings and people come in.")
    return path


def _send(client: FlaskClient, clip: Path, **said: str) -> str:
    with clip.open("rb") as file:
        answer = client.post("/api/footage", data={"file": (file, clip.name)} | said)
    assert answer.status_code == 201
    return str(answer.get_json()["id"])


def _session(client: FlaskClient, run_jobs: RunJobs) -> None:
    assert client.post("/run/footage_autolog", json={"args": []}).status_code == 202
    run_jobs()


def test_it_goes_the_whole_way(client: FlaskClient, run_jobs: RunJobs, site: PageServer, clip: Path) -> None:
    footage_id = _send(client, clip, source_url=site.put("/mill", PAGE))
    _session(client, run_jobs)
    told = client.get(f"/api/footage/{footage_id}").get_json()
    assert (told["status"], told["error"]) == (states.COMPLETE, None)
    assert (told["title"], told["keywords"]) == ("The old mill at dawn", ["mill", "heron", "fog"])
    assert told["metadata"]["is_good"]
    assert told["transcript"]["text"]
    assert told["made"]["title"]
    assert {frame["status"] for frame in told["frames"]} == {states.FRAME_COMPLETE}
    assert all(frame["caption"] for frame in told["frames"])
    for url in (told["poster_url"], told["sheet_url"], told["frames"][0]["thumbnail_url"]):
        assert client.get(url).data.startswith(b"\xff\xd8")
    assert client.get(told["video_url"]).data == clip.read_bytes()
    (found,) = client.get("/api/footage/search?q=mill").get_json()["results"]
    assert found["id"] == footage_id


def test_a_poor_one_waits_and_goes_on_once_a_person_has_written(
    client: FlaskClient, run_jobs: RunJobs, clip: Path
) -> None:
    footage_id = _send(client, clip)
    _session(client, run_jobs)
    waiting = client.get(f"/api/footage/{footage_id}").get_json()
    assert waiting["status"] == states.AWAITING_USER_INPUT
    assert {frame["status"] for frame in waiting["frames"]} == {states.AWAITING_USER_INPUT}
    assert waiting["awaits"].startswith("There is no title.")
    client.patch(f"/api/footage/{footage_id}", json={"title": "A bell rings", "keywords": ["bell", "people", "hall"]})
    run_jobs()  # the session lives on
    told = client.get(f"/api/footage/{footage_id}").get_json()
    assert (told["status"], told["awaits"]) == (states.COMPLETE, None)
    assert client.get("/status").get_json()["successes"] == 1
