"""Footage over HTTP: added by file, path or address, listed, told of, described, tried again and deleted."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from extensions import db
from models import Footage, User
from services.access.roles import OPERATOR, VIEWER
from services.footage import states
from tests.api.client import CheckedClient
from tests.pages import footage_rows
from tests.routes.conftest import Closed
from tests.routes.conftest import closed as closed

URL = "/api/footage"
CLIP = b"the bytes of a clip"


def form(**fields: Any) -> dict[str, Any]:
    return {"data": {"file": (BytesIO(CLIP), "heron.mp4")} | fields, "content_type": "multipart/form-data"}


def row(footage_id: str = "AF0001") -> Footage:
    db.session.rollback()
    return db.session.get_one(Footage, footage_id, populate_existing=True)


def test_it_takes_a_file_with_what_is_said_of_it(client: CheckedClient) -> None:
    said = {"title": "A heron at dawn", "description": "It stands.", "keywords": "heron, mill; dawn"}
    answer = client.post(URL, **form(**said, source_url="https://example.org/heron"))
    assert (answer.status_code, answer.headers["Location"]) == (201, "/api/footage/AF0001")
    assert (answer.json["id"], answer.json["status"]) == ("AF0001", states.PENDING_FILE_INFO)
    assert answer.json["keywords"] == ["heron", "mill", "dawn"]
    assert (answer.json["file_name"], answer.json["source"]) == ("heron.mp4", None)
    told = client.get("/api/footage/AF0001").json
    assert (told["title"], told["source_url"]) == ("A heron at dawn", "https://example.org/heron")
    assert (told["frames"], told["transcript"], told["job_id"]) == ([], None, None)
    assert [event["note"] for event in told["history"]] == ["Taken in."]


def test_it_takes_a_path_while_it_is_open(client: CheckedClient, tmp_path: Path) -> None:
    clip = tmp_path / "heron.mp4"
    clip.write_bytes(CLIP)
    answer = client.post(URL, json={"path": str(clip), "keywords": ["heron"]})
    assert (answer.status_code, answer.json["source"], answer.json["keywords"]) == (201, str(clip), ["heron"])
    again = client.post(URL, json={"path": str(clip)})
    assert (again.status_code, again.json["details"]) == (409, {"id": "AF0001"})


def test_it_takes_an_address(client: CheckedClient) -> None:
    answer = client.post(URL, json={"url": "https://example.org/clips/heron.mp4"})
    assert (answer.status_code, answer.json["file_name"]) == (201, "heron.mp4")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"path": "/a.mp4", "url": "https://example.org/a.mp4"}, "url"),
        ({"path": "a.mp4"}, "path"),
        ({"url": "https://example.org/a.mp4", "title": "x" * 301}, "title"),
        ({"url": "https://example.org/a.mp4", "keywords": "heron"}, "keywords"),
        ({"url": "https://example.org/a.mp4", "source_url": "http://169.254.169.254/"}, "source_url"),
        ({"url": "https://example.org/a.mp4", "colour": "red"}, "colour"),
    ],
)
def test_it_names_the_field_that_it_does_not_take(client: CheckedClient, body: dict[str, Any], field: str) -> None:
    answer = client.post(URL, json=body)
    assert (answer.status_code, list(answer.json["details"])) == (422, [field])


@pytest.mark.parametrize("url", ["http://127.0.0.1/a.mp4", "http://169.254.169.254/latest", "file:///etc/passwd"])
def test_it_fetches_from_no_private_address(client: CheckedClient, url: str) -> None:
    assert client.post(URL, json={"url": url}).status_code == 422


def test_the_same_request_twice_makes_one(client: CheckedClient) -> None:
    key = {"Idempotency-Key": "a-key"}
    first, second = client.post(URL, **form(), headers=key), client.post(URL, **form(), headers=key)
    assert (second.status_code, second.json) == (201, first.json)
    assert client.get(URL).json["counts"][states.PENDING_FILE_INFO] == 1


def test_it_tells_all_of_a_record(client: CheckedClient, owner: User) -> None:
    footage_rows.footage(
        status=states.COMPLETE,
        sheet_key="footage/AF0001/sheet.jpg",
        judgement={"score": 80, "is_good": True, "reasons": [], "judged_at": 1.0},
        made_title="Boats",
        tags=["boat"],
        describer="local",
        embedding=b"\x00" * 8,
    )
    footage_rows.frame("AF0001", 1)
    footage_rows.frame("AF0001", 2, status=states.FAILED, error="No picture.", failures=5, retry_at=60.0)
    footage_rows.speech("AF0001", "The river rises.", "It falls.")
    footage_rows.event("AF0001", states.CREATING_FRAMES, states.COMPLETE, step="describe", note="Done.")
    footage_rows.event("AF0001", None, states.FRAME_PENDING_THUMBNAIL, frame_position=1)
    told = client.get(f"{URL}/AF0001").json
    assert told["metadata"]["score"] == 80
    assert told["sheet_url"] == "/media/footage/AF0001/sheet.jpg"
    assert told["video_url"] == "/media/footage/AF0001/source.mp4"
    assert [frame["thumbnail_url"] for frame in told["frames"]] == [
        f"/media/footage/AF0001/frames/000{n}.jpg" for n in (1, 2)
    ]
    assert told["frames"][1]["error"] == "No picture."
    assert told["frames"][1]["retry_at"] == "1970-01-01T00:01:00.000Z"
    assert told["transcript"]["text"] == "The river rises. It falls."
    assert told["made"] == {"title": "Boats", "description": None, "tags": ["boat"], "describer": "local"}
    assert [(event["frame_position"], event["note"]) for event in told["history"]] == [(None, "Done."), (1, "")]
    assert told["info"]["timecode"] == "10:00:00:00"


def test_it_lists_page_by_page_with_counts(client: CheckedClient) -> None:
    for n in range(1, 6):
        footage_rows.footage(f"AF000{n}", created_at=float(n), status=states.FAILED if n == 5 else states.COMPLETE)
    first = client.get(f"{URL}?limit=3").json
    assert [line["id"] for line in first["footage"]] == ["AF0005", "AF0004", "AF0003"]
    second = client.get(f"{URL}?limit=3&cursor={first['next_cursor']}").json
    assert [line["id"] for line in second["footage"]] == ["AF0002", "AF0001"]
    assert second["next_cursor"] is None
    assert (first["counts"][states.COMPLETE], first["counts"][states.AWAITING_USER_INPUT]) == (4, 0)
    failed = client.get(URL, query_string={"status": states.FAILED}).json
    assert [line["id"] for line in failed["footage"]] == ["AF0005"]
    assert client.get(f"{URL}?status=Lost").status_code == 422


def test_it_searches_records_and_frames(client: CheckedClient) -> None:
    embedded = {"embedding": b"\x00" * 8, "embedder": "of another server"}
    footage_rows.footage("AF0001", title="Boats on a river", status=states.COMPLETE, **embedded)
    footage_rows.frame("AF0001", 1, speech="The bell rings.", **embedded)
    footage_rows.frame("AF0001", 2, speech="A heron flies off.", **embedded)
    footage_rows.footage("AF0002", title="The town hall", status=states.COMPLETE, **embedded)
    (found,) = client.get(f"{URL}/search?q=heron").json["results"]
    assert (found["id"], found["title"], found["frame_position"]) == ("AF0001", "Boats on a river", 2)
    assert (found["at_seconds"], found["speech"]) == (15.0, "A heron flies off.")
    assert found["thumbnail_url"] == "/media/footage/AF0001/frames/0002.jpg"
    assert 0 < found["score"] <= 1


def test_a_search_without_words_is_refused(client: CheckedClient) -> None:
    answer = client.get(f"{URL}/search")
    assert (answer.status_code, list(answer.json["details"])) == (422, ["q"])


def test_a_search_for_more_than_is_looked_for_is_refused(client: CheckedClient) -> None:
    assert client.get(f"{URL}/search?q={'x' * 200}").status_code == 200
    assert client.get(f"{URL}/search?q={'x' * 201}").status_code == 422


def test_what_was_waited_for_goes_on_at_once_in_a_live_session(client: CheckedClient) -> None:
    footage_rows.footage(title="", status=states.AWAITING_USER_INPUT, resume_status=states.CREATING_FRAMES)
    footage_rows.frame("AF0001", 1, status=states.AWAITING_USER_INPUT)
    client.post("/run/footage_autolog")
    words = {"title": "Boats on a river", "keywords": ["boat", "river", "noon"]}
    assert client.patch(f"{URL}/AF0001", json=words).status_code == 200
    told = client.get(f"{URL}/AF0001").json
    assert (told["status"], told["frames"][0]["status"]) == (states.CREATING_FRAMES, states.FRAME_PENDING_THUMBNAIL)
    assert client.get(f"/api/jobs/{told['job_id']}/status").json["type"] == "footage_process_frames"


def test_what_is_at_a_frame_is_told_too(client: CheckedClient) -> None:
    footage_rows.footage(status=states.PROCESSING_FRAME_INFO)
    footage_rows.frame("AF0001", 1, status=states.FRAME_PENDING_THUMBNAIL)
    client.post("/run/footage_autolog")
    client.patch(f"{URL}/AF0001", json={"title": "Boats"})  # what is done in a live session moves all at once
    job_id = client.get(f"{URL}/AF0001").json["job_id"]
    assert client.get(f"/api/jobs/{job_id}/status").json["type"] == "footage_frame"


def test_what_is_added_is_taken_up_at_once_in_a_live_session(client: CheckedClient) -> None:
    client.post("/run/footage_autolog")
    client.post(URL, **form())
    assert client.get(f"{URL}/AF0001").json["job_id"] is not None


def test_everybody_has_a_list_of_their_own(closed: Closed) -> None:
    vera, viktor, otto = (
        closed.program("Vera", VIEWER),
        closed.program("Viktor", VIEWER),
        closed.program("Otto", OPERATOR),
    )
    address = f"{URL}?owner={closed.viewers['user']}"
    hers = [program.client.get(url, headers=program.headers) for program, url in ((vera, URL), (otto, address))]
    assert [[line["id"] for line in answer.get_json()["footage"]] for answer in hers] == [
        [closed.viewers["footage"]]
    ] * 2
    assert viktor.client.get(URL, headers=viktor.headers).get_json()["footage"] == []
    assert viktor.client.get(address, headers=viktor.headers).status_code == 404


def test_it_takes_what_people_write(client: CheckedClient) -> None:
    footage_rows.footage(description="It floats.", source_url="https://example.org/boats", scraped={"url": "x"})
    answer = client.patch(f"{URL}/AF0001", json={"title": "Boats at noon", "keywords": ["boat"], "source_url": None})
    assert answer.status_code == 200
    assert (answer.json["title"], answer.json["keywords"]) == ("Boats at noon", ["boat"])
    assert (answer.json["source_url"], answer.json["description"]) == (None, "It floats.")
    assert (row().scraped, row().metadata_at is None) == (None, False)


def test_it_takes_a_persons_word_that_it_is_good_enough(client: CheckedClient) -> None:
    footage_rows.footage(judgement={"score": 10, "is_good": False, "reasons": ["Poor."], "judged_at": 1.0})
    told = client.patch(f"{URL}/AF0001", json={"good_enough": True}).json["metadata"]
    assert (told["is_good"], told["score"], bool(told["by"])) == (True, 10, True)


@pytest.mark.parametrize("body", [{"title": "x" * 301}, {"keywords": ["x"] * 51}, {"id": "AF0002"}, {"title": None}])
def test_it_refuses_what_cannot_be_kept(client: CheckedClient, body: dict[str, Any]) -> None:
    footage_rows.footage()
    answer = client.patch(f"{URL}/AF0001", json=body)
    assert answer.status_code == 422
    assert next(iter(answer.json["details"])).startswith(next(iter(body)))


def test_a_failed_record_goes_back_to_where_it_failed(client: CheckedClient) -> None:
    footage_rows.footage(status=states.FAILED, resume_status=states.FILE_INFO_COMPLETE, error="Broken.", failures=5)
    answer = client.post(f"{URL}/AF0001/retry")
    assert (answer.status_code, answer.json["status"]) == (200, states.FILE_INFO_COMPLETE)
    assert (row().status, row().failures, row().error) == (states.FILE_INFO_COMPLETE, 0, None)


def test_nothing_is_tried_again_that_has_not_failed(client: CheckedClient) -> None:
    footage_rows.footage(status=states.COMPLETE)
    answer = client.post(f"{URL}/AF0001/retry")
    assert (answer.status_code, answer.json["error"]) == (409, "nothing_to_retry")


def test_it_deletes(client: CheckedClient) -> None:
    client.post(URL, **form())
    answer = client.delete(f"{URL}/AF0001")
    assert (answer.status_code, answer.json) == (200, {"success": True, "id": "AF0001"})
    assert client.get(f"{URL}/AF0001").status_code == 404


def test_searching_is_no_record(client: CheckedClient) -> None:
    assert client.options(f"{URL}/search").allow.as_set() == {"get", "head", "options"}
    assert client.delete(f"{URL}/search").status_code == 405


@pytest.mark.parametrize("footage_id", ["AF9999", "no-such", "AF0001%00", "a" * 300, "%F0%9F%8E%AC"])
@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_there_is_no_such_footage(client: CheckedClient, footage_id: str, method: str) -> None:
    answer = getattr(client, method)(f"{URL}/{footage_id}", **({"json": {"title": "x"}} if method == "patch" else {}))
    assert answer.status_code == 404
