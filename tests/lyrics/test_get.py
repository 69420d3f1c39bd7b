"""A track that LRCLIB has is got by its signature."""

import tomllib
from pathlib import Path

import pytest

from clients.lrclib import USER_AGENT, LrclibClient
from tests.servers.lrclib import LrclibServer

ROOT = Path(__file__).parents[2]


def test_it_gets_the_record_of_the_signature(server: LrclibServer, client: LrclibClient) -> None:
    server.add("Amazing Grace", "John Newton", albumName="Other", duration=180, plainLyrics="other")
    server.add("Amazing Grace", "John Newton", albumName="Olney Hymns", duration=181.4, plainLyrics="Amazing grace!")
    record = client.get("John Newton", "Amazing Grace", "Olney Hymns", 180.2)
    assert record is not None
    assert (record.id, record.plain_lyrics, record.duration_seconds) == (2, "Amazing grace!", 181.4)


def test_it_sends_the_parameters_that_lrclib_documents(server: LrclibServer, client: LrclibClient) -> None:
    client.get("Simon & Co", "A=B?", "#1 é", 233.4)
    request = server.requests[0]
    assert request.path == "/api/get"
    assert request.query == {"artist_name": "Simon & Co", "track_name": "A=B?", "album_name": "#1 é", "duration": "233"}


def test_it_returns_none_for_an_unknown_track(server: LrclibServer, client: LrclibClient) -> None:
    assert client.get("John Newton", "Amazing Grace", "Olney Hymns", 180) is None
    assert len(server.requests) == 1


@pytest.mark.parametrize("duration_seconds", [0.4, 3600.5, float("nan")])
def test_it_does_not_ask_for_a_duration_that_lrclib_refuses(
    server: LrclibServer, client: LrclibClient, duration_seconds: float
) -> None:
    assert client.get("John Newton", "Amazing Grace", "Olney Hymns", duration_seconds) is None
    assert server.requests == []


def test_it_says_who_asks(server: LrclibServer, client: LrclibClient) -> None:
    client.search("John Newton", "Amazing Grace")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert server.requests[0].headers["User-Agent"] == USER_AGENT
    assert USER_AGENT.startswith(f"Backbeat/{version} (")
