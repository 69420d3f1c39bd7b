"""What is refused before a video is begun."""

from typing import Any

import pytest

from errors import Conflict
from models import User
from services.videos import catalogue
from tests.api.client import CheckedClient
from tests.uploads.conftest import Tus
from tests.videos.sending import URL

GOOD = {"file_name": "a.mp4", "size_bytes": 10}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size_bytes", 0),
        ("size_bytes", -1),
        ("size_bytes", "10"),
        ("file_name", ""),
        ("file_name", "x" * 301),
        ("name", "x" * 301),
        ("name", "a\x00b"),
        ("tenant_id", "x" * 65),
        ("sha256", "abc"),
        ("sha256", "z" * 64),
        ("colour", "red"),
    ],
)
def test_a_field_that_is_not_acceptable_is_named(client: CheckedClient, field: str, value: Any) -> None:
    answer = client.post(URL, json=GOOD | {field: value})
    assert (answer.status_code, list(answer.json["details"])) == (422, [field])


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"title": "x" * 301}, "name"),
        ({"tenant_id": "x" * 65}, "tenant_id"),
        ({"sha256": "x"}, "sha256"),
        ({"id": "../etc"}, "id"),
    ],
)
def test_a_client_of_tus_is_told_before_the_first_byte(client: CheckedClient, told: dict[str, Any], field: str) -> None:
    answer = Tus(client).create(10, filename="a.mp4", purpose="video", **told)
    assert (answer.status_code, list(answer.json["details"])) == (422, [field])
    assert client.get(URL).json["videos"] == []


def test_a_file_that_is_too_large_is_refused_at_once(client: CheckedClient) -> None:
    answer = client.post(URL, json=GOOD | {"size_bytes": 2**50})
    assert (answer.status_code, answer.json["error"]) == (413, "too_large")
    assert client.get(URL).json["videos"] == []


def test_an_id_is_taken_once(owner: User) -> None:
    catalogue.create(owner.id, video_id="harbour", file_name="a.mp4", size_bytes=10)
    with pytest.raises(Conflict) as e:
        catalogue.create(owner.id, video_id="harbour", file_name="a.mp4", size_bytes=10)
    assert e.value.code == "video_exists"


def test_one_that_there_is_not_is_not_found(client: CheckedClient) -> None:
    answers = (
        client.get(f"{URL}/nowhere"),
        client.delete(f"{URL}/nowhere"),
        client.post(f"{URL}/nowhere/process"),
        client.get("/media/videos/nowhere/web.mp4"),
    )
    assert [(answer.status_code, answer.json["error"]) for answer in answers[:3]] == [(404, "no_such_video")] * 3
    assert answers[3].status_code == 404
