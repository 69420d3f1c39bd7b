"""Episodes over HTTP: added by file, path or address, listed, told of, renamed and deleted."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from extensions import transaction
from models import Transcript, User
from services.episodes import files
from tests.api.client import CheckedClient
from tests.conftest import RunJobs
from tests.episodes.rows import an_episode_of
from tests.media.makers import recording

URL = "/api/episodes"


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recording(tmp_path_factory.mktemp("video") / "A talk.mp4", seconds=2)


def form(video: Path, **fields: str) -> dict[str, Any]:
    return {
        "data": {"file": (BytesIO(video.read_bytes()), video.name), **fields},
        "content_type": "multipart/form-data",
    }


def test_it_takes_a_file(client: CheckedClient, video: Path, run_jobs: RunJobs) -> None:
    answer = client.post(URL, **form(video, title="On rivers", id="ep_1"))
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/jobs/{answer.json['job_id']}/status"
    assert answer.headers["Retry-After"]
    assert (answer.json["episode"]["id"], answer.json["episode"]["arrival"]) == ("ep_1", "arriving")
    run_jobs()
    told = client.get(f"{URL}/ep_1").json
    assert (told["title"], told["arrival"], told["stage"], told["clips"]) == ("On rivers", "ready", "discovered", [])
    assert client.get(told["files"]["source"]).data == video.read_bytes()


def test_it_takes_a_path_while_it_is_open(client: CheckedClient, video: Path, run_jobs: RunJobs) -> None:
    answer = client.post(URL, json={"path": str(video), "title": "On rivers"})
    assert answer.status_code == 202
    run_jobs()
    assert client.get(f"{URL}/on-rivers").json["arrival"] == "ready"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"path": "/a.mp4", "url": "https://example.org/a.mp4"}, "url"),
        ({"path": "a.mp4"}, "path"),
        ({"path": "/no/such/file.mp4"}, "path"),
        ({"url": "https://example.org/a.mp4", "id": "../a"}, "id"),
        ({"url": "https://example.org/a.mp4", "colour": "red"}, "colour"),
    ],
)
def test_it_names_the_field_that_it_does_not_take(client: CheckedClient, body: dict[str, str], field: str) -> None:
    answer = client.post(URL, json=body)
    assert (answer.status_code, list(answer.json["details"])) == (422, [field])


@pytest.mark.parametrize("url", ["http://127.0.0.1/a.mp4", "http://169.254.169.254/latest", "file:///etc/passwd"])
def test_it_fetches_from_no_private_address(client: CheckedClient, url: str) -> None:
    assert client.post(URL, json={"url": url}).status_code == 422


def test_a_form_needs_one_file(client: CheckedClient, video: Path) -> None:
    none = client.post(URL, data={"title": "x"}, content_type="multipart/form-data")
    assert (none.status_code, list(none.json["details"])) == (422, ["file"])
    two = [(BytesIO(b"x"), "a.mp4"), (BytesIO(b"x"), "b.mp4")]
    assert client.post(URL, data={"file": two}, content_type="multipart/form-data").status_code == 422
    assert client.post(URL, data={"file": "no file"}, content_type="multipart/form-data").status_code == 422


def test_an_id_is_given_once(client: CheckedClient, video: Path) -> None:
    client.post(URL, **form(video, id="one"))
    answer = client.post(URL, **form(video, id="one"))
    assert (answer.status_code, answer.json["error"], answer.json["details"]) == (409, "episode_exists", {"id": "one"})


def test_the_same_request_twice_makes_one_episode(client: CheckedClient, video: Path) -> None:
    key = {"headers": {"Idempotency-Key": "abc"}}
    first = client.post(URL, json={"path": str(video)}, **key)
    again = client.post(URL, json={"path": str(video)}, **key)
    assert (again.status_code, again.json) == (202, first.json)


def test_it_lists_page_by_page_the_newest_first(client: CheckedClient, owner: User) -> None:
    for name in ("one", "two", "three"):
        an_episode_of(owner.id, name, title=f"Talk {name}")
    first = client.get(f"{URL}?limit=2").json
    second = client.get(f"{URL}?limit=2&cursor={first['next_cursor']}").json
    assert [each["id"] for each in first["episodes"] + second["episodes"]] == ["three", "two", "one"]
    assert second["next_cursor"] is None
    assert [each["id"] for each in client.get(f"{URL}?q=two").json["episodes"]] == ["two"]


def test_it_tells_what_was_made_of_one(client: CheckedClient, owner: User) -> None:
    ids = an_episode_of(owner.id)
    segments = [{"start": 0.0, "end": 1.0, "text": "Hello.", "words": []}]
    said = Transcript(
        episode_id="a-talk", engine="test", language="en", segments=segments, text="Hello.", created_at=1.0
    )
    with transaction() as session:
        session.add(said)
    told = client.get(f"{URL}/a-talk").json
    assert (told["transcript"]["text"], told["transcript"]["segments"]) == ("Hello.", segments)
    assert told["files"]["captions"] == "/media/episodes/a-talk/captions.vtt"
    assert [clip["id"] for clip in told["clips"]] == [ids["clip"]]
    assert client.get(told["clips"][0]["files"][0]["url"]).content_type == "video/mp4"


def test_it_renames(client: CheckedClient, owner: User) -> None:
    an_episode_of(owner.id)
    assert client.patch(f"{URL}/a-talk", json={"title": "  Another\ttitle "}).json["title"] == "Another title"
    assert client.patch(f"{URL}/a-talk", json={"title": " "}).status_code == 422
    assert client.get(f"{URL}/a-talk").json["title"] == "Another title"


def test_it_deletes_with_all_files(client: CheckedClient, owner: User) -> None:
    an_episode_of(owner.id)
    an_episode_of(owner.id, "a-talk-2")
    assert client.delete(f"{URL}/a-talk").json == {"success": True, "id": "a-talk"}
    assert client.get(f"{URL}/a-talk").status_code == 404
    assert files.keys_of("a-talk") == []
    assert len(files.keys_of("a-talk-2")) == 4


def test_it_deletes_nothing_that_is_worked_on(client: CheckedClient, video: Path) -> None:
    job_id = client.post(URL, **form(video, id="busy")).json["job_id"]
    answer = client.delete(f"{URL}/busy")
    assert (answer.status_code, answer.json["error"], answer.json["details"]) == (
        409,
        "episode_busy",
        {"job_id": job_id},
    )


def test_it_says_which_episode_there_is_not(client: CheckedClient) -> None:
    for answer in (client.get(f"{URL}/x"), client.patch(f"{URL}/x", json={"title": "y"}), client.delete(f"{URL}/x")):
        assert (answer.status_code, answer.json["error"]) == (404, "no_such_episode")
