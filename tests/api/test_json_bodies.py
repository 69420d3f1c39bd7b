"""What is taken for a JSON body, and what is not."""

from io import BytesIO

import pytest

from tests.api.client import CheckedClient

JSON = "application/json"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"title": NaN}',
        b'{"title": "x", "duration_seconds": Infinity}',
        b'{"title": "\xff"}',
        b'{"title": "\\ud800"}',
        b'{"title": "x"} {}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_it_says_400_for_what_is_not_json(client: CheckedClient, body: bytes) -> None:
    answer = client.post("/api/songs", data=body, content_type=JSON)
    assert (answer.status_code, answer.json["error"]) == (400, "malformed_json")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_it_says_415_for_another_type(client: CheckedClient, content_type: str) -> None:
    answer = client.post("/api/songs", data=b'{"title": "x"}', content_type=content_type)
    assert (answer.status_code, answer.json["error"]) == (415, "unsupported_media_type")
    assert JSON in answer.json["message"]


def test_it_takes_json_with_a_charset_and_kinds_of_json(client: CheckedClient) -> None:
    for title, content_type in (("a", f"{JSON}; charset=utf-8"), ("b", "application/merge-patch+json")):
        body = b'{"title": "%s"}' % title.encode()
        assert client.post("/api/songs", data=body, content_type=content_type).status_code == 201


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b"0", b"true"])
def test_it_says_422_for_json_that_is_no_object(client: CheckedClient, body: bytes) -> None:
    answer = client.post("/api/songs", data=body, content_type=JSON)
    assert (answer.status_code, answer.json["details"]) == (422, {"body": "it should be an object"})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": None}, "title"),
        ({"title": 5}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": "x", "lyrics": "\x00"}, "lyrics"),
        ({"title": "x", "lyrics": "la " * 100_000}, "lyrics"),
        ({"title": "x", "duration_seconds": "60"}, "duration_seconds"),
        ({"title": "x", "duration_seconds": -1}, "duration_seconds"),
        ({"title": "x", "duration_seconds": True}, "duration_seconds"),
        ({"title": "x", "titel": "y"}, "titel"),
    ],
)
def test_it_names_the_field_that_it_refuses(client: CheckedClient, body: object, field: str) -> None:
    answer = client.post("/api/songs", json=body)
    assert (answer.status_code, answer.json["error"]) == (422, "invalid_input")
    assert answer.json["details"].keys() == {field}
    assert field in answer.json["message"] or field == "lyrics"


@pytest.mark.parametrize("song_ids", [[True], ["1"], [1.5], [0], [-1], [2**63], [10**30], [None], "1", {"1": 1}, 1])
def test_it_takes_only_whole_numbers_for_ids(client: CheckedClient, song_ids: object) -> None:
    assert client.post("/api/playlists", json={"name": "x", "song_ids": song_ids}).status_code == 422


def test_it_names_every_field_that_is_wrong(client: CheckedClient) -> None:
    answer = client.post("/api/songs", json={"title": 5, "artist": None, "year": 1999})
    assert answer.json["details"].keys() == {"title", "artist", "year"}


def test_it_says_413_above_two_mebibytes(client: CheckedClient) -> None:
    answer = client.post("/api/songs", data=b" " * (2 * 1024 * 1024 + 1), content_type=JSON)
    assert (answer.status_code, answer.json["error"]) == (413, "too_large")


def test_it_takes_a_body_of_just_two_mebibytes(client: CheckedClient) -> None:
    body = b'{"title": "x"}'.ljust(2 * 1024 * 1024)
    assert client.post("/api/songs", data=body, content_type=JSON).status_code == 201


def test_it_says_413_for_a_body_that_hides_its_length(client: CheckedClient) -> None:
    body = b'{"title": "x"}'.ljust(2 * 1024 * 1024 + 1)
    chunked = {"wsgi.input_terminated": True, "wsgi.input": BytesIO(body), "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = client.post("/api/songs", content_type=JSON, environ_overrides=chunked)
    assert answer.status_code == 413
    assert client.get("/api/songs").json["songs"] == []
