"""Having something rendered: the renderer is asked once, and what it makes is the target's."""

from typing import Any

from flask.testing import FlaskClient

from tests.renders.conftest import COMBINE, Called, render, segment
from tests.servers.nca import COMPOSE, CONCATENATE, Nca


def test_it_asks_the_renderer_with_an_address_of_its_own(asked: dict[str, Any], renderer: Nca) -> None:
    job = renderer.job
    assert asked["external_job_id"] == job.job_id
    assert asked["status"] == "processing"
    assert not asked["already_running"]
    assert job.endpoint == COMPOSE
    assert job.body["id"] == asked["render_id"]
    assert [each["file_url"] for each in job.body["inputs"]] == [
        "https://example.org/picture.mp4",
        "https://example.org/voice.mp3",
    ]
    assert job.webhook_url.startswith("http://127.0.0.1:5001/webhooks/render/")
    assert segment().status == "processing"


def test_the_address_is_not_in_the_database_as_it_is(asked: dict[str, Any], renderer: Nca) -> None:
    token = renderer.job.webhook_url.rpartition("/")[2]
    kept = render(asked["render_id"])
    assert len(token) >= 43
    assert token not in kept.token_hash
    assert token.encode() not in kept.token


def test_the_same_again_finds_what_is_under_way(asked: dict[str, Any], renderer: Nca, client: FlaskClient) -> None:
    again = client.post("/api/renders", json=COMBINE).get_json()
    assert again == asked | {"already_running": True}
    assert len(renderer.jobs) == 1


def test_another_of_the_same_target_waits_for_its_end(asked: dict[str, Any], client: FlaskClient) -> None:
    others = COMBINE | {"inputs": {"voice_url": "https://example.org/2", "video_url": "https://example.org/3"}}
    answer = client.post("/api/renders", json=others)
    assert answer.status_code == 409
    assert answer.get_json()["error"] == "target_busy"
    assert answer.get_json()["details"] == {"render_id": asked["render_id"]}


def test_once_it_is_over_it_can_be_made_anew(
    asked: dict[str, Any], renderer: Nca, called: Called, client: FlaskClient
) -> None:
    renderer.end(renderer.job)
    called(renderer.job)
    again = client.post("/api/renders", json=COMBINE).get_json()
    assert again["render_id"] != asked["render_id"]
    assert segment().status == "combined"  # it keeps its file until there is another


def test_a_video_is_put_together_of_its_files(renderer: Nca, client: FlaskClient) -> None:
    urls = ["https://example.org/1.mp4", "https://example.org/2.mp4"]
    body = {"operation": "concatenate", "target_type": "video", "target_id": "show", "inputs": {"video_urls": urls}}
    assert client.post("/api/renders", json=body).status_code == 202
    assert renderer.job.endpoint == CONCATENATE
    assert renderer.job.body["video_urls"] == [{"video_url": url} for url in urls]


def test_music_is_mixed_under_the_sound(renderer: Nca, client: FlaskClient) -> None:
    inputs = {"video_url": "https://example.org/1.mp4", "music_url": "https://example.org/m.mp3", "music_volume": 0.5}
    body = {"operation": "add_music", "target_type": "video", "target_id": "show", "inputs": inputs}
    assert client.post("/api/renders", json=body).status_code == 202
    assert "volume=0.500" in renderer.job.body["filters"][0]["filter"]
