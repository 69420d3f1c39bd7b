"""Other sites in the same browser may change nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.api.client import CheckedClient

FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "SAME-ORIGIN"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost:5001"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "file://localhost"},
    {"Origin": "http://localhost/"},
]
OWN: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://behind.a.proxy.example"},
    {"Origin": "http://localhost"},
    {"Origin": "https://LOCALHOST"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_it_refuses_a_change_from_another_site(
    client: CheckedClient, make_song: Callable[..., Any], headers: dict[str, str]
) -> None:
    song_id = make_song().id
    refused = client.delete(f"/api/songs/{song_id}", headers=headers)
    assert (refused.status_code, refused.json["error"]) == (403, "cross_site")
    assert client.get(f"/api/songs/{song_id}", headers=headers).status_code == 200


@pytest.mark.parametrize("headers", OWN)
def test_it_takes_a_change_from_its_own_pages_and_from_programs(client: CheckedClient, headers: dict[str, str]) -> None:
    assert client.post("/api/songs", json={"title": "x"}, headers=headers).status_code == 201


def test_it_refuses_every_unsafe_method_of_every_address(app: Flask, client: CheckedClient) -> None:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            path = app.url_map.bind("localhost").build(rule.endpoint, dict.fromkeys(rule.arguments, 1))
            answer = client.open(path, method=method, headers={"Sec-Fetch-Site": "cross-site"})
            assert answer.status_code == 403, (method, rule)


def test_it_knows_its_port(client: CheckedClient) -> None:
    headers = {"Host": "127.0.0.1:5001", "Origin": "http://127.0.0.1:5001"}
    assert client.post("/api/songs", json={"title": "x"}, headers=headers).status_code == 201
    headers["Origin"] = "http://127.0.0.1:3000"
    assert client.post("/api/songs", json={"title": "y"}, headers=headers).status_code == 403
