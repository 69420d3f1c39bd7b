"""Answers are remembered, misses too, and an old miss is looked up again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

import clock
from clients.lrclib import LrclibClient
from extensions import db
from models import LyricsLookup, Song
from services.lyrics import HIT_LIFETIME_SECONDS, MISS_LIFETIME_SECONDS, Lyrics, lyrics_for
from tests.lyrics.conftest import MakeClient
from tests.servers.lrclib import LrclibServer

START = 1_767_225_600.0
NOTHING = Lyrics(None, "none")
FOUND = Lyrics("Amazing grace!", "lrclib")


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    travel(monkeypatch, 0)


def travel(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(clock, "now", lambda: START + seconds)


def publish(server: LrclibServer) -> None:
    server.add("Amazing Grace", "John Newton", albumName="Olney Hymns", duration=180, plainLyrics="Amazing grace!")


def test_it_remembers_a_hit(
    server: LrclibServer, client: LrclibClient, hymn: Song, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(server)
    assert lyrics_for(hymn, client) == FOUND
    travel(monkeypatch, HIT_LIFETIME_SECONDS - 1)
    assert lyrics_for(hymn, client) == FOUND
    assert len(server.requests) == 1


def test_it_remembers_a_miss(
    server: LrclibServer, client: LrclibClient, hymn: Song, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lyrics_for(hymn, client) == NOTHING
    publish(server)
    travel(monkeypatch, MISS_LIFETIME_SECONDS - 1)
    assert lyrics_for(hymn, client) == NOTHING
    assert server.paths == ["/api/get", "/api/search"]


def test_it_looks_an_old_miss_up_again(
    server: LrclibServer, client: LrclibClient, hymn: Song, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lyrics_for(hymn, client) == NOTHING
    publish(server)
    travel(monkeypatch, MISS_LIFETIME_SECONDS)
    assert lyrics_for(hymn, client) == FOUND
    travel(monkeypatch, 2 * MISS_LIFETIME_SECONDS)
    assert lyrics_for(hymn, client) == FOUND
    assert server.paths == ["/api/get", "/api/search", "/api/get"]


def test_it_remembers_across_owners_and_spellings(server: LrclibServer, client: LrclibClient, hymn: Song) -> None:
    publish(server)
    lyrics_for(hymn, client)
    other = Song(artist="JOHN NEWTON", title="Amazing grace!", album="Olney hymns", duration_seconds=180.3)
    assert lyrics_for(other, client) == FOUND
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "difference", [{"title": "Grace"}, {"artist": "Other"}, {"album": "Other"}, {"duration_seconds": 190.0}]
)
def test_it_looks_a_different_song_up(
    server: LrclibServer, client: LrclibClient, hymn: Song, difference: dict[str, str | float]
) -> None:
    publish(server)
    lyrics_for(hymn, client)
    for name, value in difference.items():
        setattr(hymn, name, value)
    lyrics_for(hymn, client)
    assert server.paths == ["/api/get", "/api/get", "/api/search"]


def test_it_stands_two_workers_at_once(server: LrclibServer, app: Flask, make_client: MakeClient) -> None:
    publish(server)
    meeting = Barrier(2, timeout=10)

    def work() -> Lyrics:
        client = make_client(take_turn=meeting.wait)
        with app.app_context():
            song = Song(artist="John Newton", title="Amazing Grace", album="Olney Hymns", duration_seconds=180.0)
            return lyrics_for(song, client)

    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(work), pool.submit(work)]
        assert [answer.result() for answer in answers] == [FOUND, FOUND]
    assert len(server.requests) == 2
    assert db.session.query(LyricsLookup).count() == 1
