"""Playlists find the files of their batch, however they spell the paths."""

import pytest

from services.importing.locations import BatchIndex


@pytest.fixture
def index() -> BatchIndex:
    index = BatchIndex()
    for number, name in enumerate(["Music/Old/Élan.mp3", "Music/b #1.mp3", "lists/songs/c.mp3", "d.mp3"]):
        index.add(name, number)
    return index


@pytest.mark.parametrize(
    ("list_name", "location", "song_id"),
    [
        ("Music/x.m3u", "Old/Élan.mp3", 0),
        ("Music/x.m3u", "old\\E\u0301LAN.MP3", 0),
        ("Music/x.m3u", "./Old/../Old/Élan.mp3", 0),
        ("Music/x.m3u", "Old/%C3%89lan.mp3", 0),
        ("Music/x.m3u", "b%20%231.mp3", 1),
        ("Music/x.m3u", "b #1.mp3", 1),
        ("lists/x.m3u", "../Music/b #1.mp3", 1),
        ("lists/x.m3u", "songs/c.mp3", 2),
        ("x.m3u", "D:\\Stuff\\Music\\Old\\Élan.mp3", 0),
        ("x.m3u", "/home/me/Music/Old/Élan.mp3", 0),
        ("x.m3u", "file:///home/me/Music/b%20%231.mp3", 1),
        ("x.m3u", "file://localhost/home/me/d.mp3", 3),
        ("x.m3u", "Album/d.mp3", 3),
        ("x.m3u", "b #1.mp3", None),
        ("x.m3u", "http://radio.example/d.mp3", None),
        ("x.m3u", "", None),
        ("x.m3u", "../../..", None),
    ],
)
def test_it_finds_the_song_of_a_path(index: BatchIndex, list_name: str, location: str, song_id: int | None) -> None:
    assert index.find(list_name, location) == song_id
