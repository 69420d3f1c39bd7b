"""What is taken for a JSON body, and what is not."""

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


def test_it_says_400_for_what_is_nested_too_deeply(client: CheckedClient) -> None:
    for levels, error in ((32, "invalid_input"), (33, "malformed_json"), (1000, "malformed_json")):
        for opening, closing in (("[", "]"), ('{"a":', "}")):
            body = f"{opening * levels}{0 if levels == 32 else 'null'}{closing * levels}"
            answer = client.post("/api/songs", data=body, content_type=JSON)
            assert answer.json["error"] == error
    assert "32 levels" in answer.json["message"]


@pytest.mark.parametrize("body", [b'{"title": "x", "title": "y"}', b'{"filter": [{"title": 1, "ti\\u0074le": 2}]}'])
def test_it_says_400_for_a_name_that_stands_twice(client: CheckedClient, body: bytes) -> None:
    answer = client.post("/api/songs", data=body, content_type=JSON)
    assert (answer.status_code, answer.json["error"]) == (400, "malformed_json")
    assert answer.json["details"] == {"title": "once"}
    assert client.get("/api/songs").json["songs"] == []
