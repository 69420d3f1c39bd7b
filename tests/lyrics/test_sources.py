"""Where lyrics come from, in turn: the song itself, LRCLIB by signature, LRCLIB by search."""

import pytest
from flask import Flask

from clients.lrclib import LrclibClient
from errors import TransientError
from extensions import db
from models import LyricsLookup, Song
from services.lyrics import Lyrics, lyrics_for
from tests.servers.faulty import Fault
from tests.servers.lrclib import LrclibServer

NOTHING = Lyrics(None, "none")


def test_it_takes_the_songs_own(server: LrclibServer, client: LrclibClient, hymn: Song) -> None:
    hymn.lyrics, hymn.lyrics_source = "Its own words", "embedded"
    assert lyrics_for(hymn, client) == Lyrics("Its own words", "embedded")
    assert server.requests == []


def test_it_gets_by_signature(server: LrclibServer, client: LrclibClient, hymn: Song) -> None:
    server.add("Amazing Grace", "John Newton", albumName="Olney Hymns", duration=180, plainLyrics="Amazing grace!\n")
    assert lyrics_for(hymn, client) == Lyrics("Amazing grace!", "lrclib")
    assert server.paths == ["/api/get"]


def test_it_looks_up_where_its_own_are_blank(server: LrclibServer, client: LrclibClient, hymn: Song) -> None:
    hymn.lyrics = " \n"
    assert lyrics_for(hymn, client) == NOTHING
    assert server.paths == ["/api/get", "/api/search"]


def test_it_searches_where_the_signature_is_unknown(server: LrclibServer, client: LrclibClient, hymn: Song) -> None:
    server.add("Amazing Grace", "John Newton Choir", albumName="Olney Hymns", duration=180, plainLyrics="not these")
    server.add("Amazing Grace", "John Newton", albumName="Best of", duration=183, plainLyrics="Amazing grace!")
    assert lyrics_for(hymn, client) == Lyrics("Amazing grace!", "lrclib")
    assert server.paths == ["/api/get", "/api/search"]


@pytest.mark.parametrize(("album", "duration_seconds"), [("", 180.0), ("Olney Hymns", None), ("Olney Hymns", 0.0)])
def test_it_only_searches_without_album_or_duration(
    server: LrclibServer, client: LrclibClient, hymn: Song, album: str, duration_seconds: float | None
) -> None:
    hymn.album, hymn.duration_seconds = album, duration_seconds
    server.add("Amazing Grace", "John Newton", duration=180, plainLyrics="Amazing grace!")
    assert lyrics_for(hymn, client) == Lyrics("Amazing grace!", "lrclib")
    assert server.paths == ["/api/search"]


def test_it_takes_timed_lyrics_where_there_are_no_plain_ones(
    server: LrclibServer, client: LrclibClient, hymn: Song
) -> None:
    server.add("Amazing Grace", "John Newton", duration=180, syncedLyrics="[00:01.00] Amazing grace!\n[00:02.00] Oh\0")
    assert lyrics_for(hymn, client) == Lyrics("Amazing grace!\nOh", "lrclib")


def test_it_finds_nothing_to_judge_in_an_instrumental(server: LrclibServer, client: LrclibClient, hymn: Song) -> None:
    server.add("Amazing Grace", "John Newton", albumName="Olney Hymns", duration=180, instrumental=True)
    assert lyrics_for(hymn, client) == lyrics_for(hymn, client) == Lyrics(None, "lrclib")
    assert server.paths == ["/api/get"]


def test_it_goes_on_searching_past_an_empty_record(server: LrclibServer, client: LrclibClient, hymn: Song) -> None:
    server.add("Amazing Grace", "John Newton", albumName="Olney Hymns", duration=180)
    server.add("Amazing Grace", "John Newton", albumName="Best of", duration=180, plainLyrics="Amazing grace!")
    assert lyrics_for(hymn, client) == Lyrics("Amazing grace!", "lrclib")


@pytest.mark.parametrize(("artist", "title"), [("", "Amazing Grace"), ("John Newton", ""), (" ", "x"), ("x", "?!")])
def test_it_asks_nobody_without_artist_or_title(
    server: LrclibServer, client: LrclibClient, app: Flask, artist: str, title: str
) -> None:
    song = Song(artist=artist, title=title, album="Olney Hymns", duration_seconds=180.0)
    assert lyrics_for(song, client) == NOTHING
    assert server.requests == []


def test_it_leaves_an_outage_to_the_engine(server: LrclibServer, client: LrclibClient, hymn: Song) -> None:
    server.lasting_fault = Fault(503)
    with pytest.raises(TransientError):
        lyrics_for(hymn, client)
    assert db.session.query(LyricsLookup).count() == 0
