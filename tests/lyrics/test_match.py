"""The record of a search must be the song that was asked for."""

from dataclasses import asdict
from typing import Any

import pytest

from clients.lrclib import LyricsRecord
from services.library.text import LYRICS_MAX_CHARS
from services.lyrics_match import Track, best_match, normalised
from tests.servers.lrclib import Record

TRACK = Track("The Foggy Band", "Don't Go, Polly", "Sea Songs", 200.0)


def record(**fields: Any) -> LyricsRecord:
    known: dict[str, Any] = {
        "id": 1,
        "trackName": TRACK.title,
        "artistName": TRACK.artist,
        "duration": 200.0,
        "plainLyrics": "words",
    }
    return LyricsRecord.model_validate(asdict(Record(**(known | fields))))


@pytest.mark.parametrize(
    "fields",
    [
        {"trackName": "DONT GO POLLY"},
        {"trackName": "Don’t go, Pólly"},
        {"trackName": "Don't Go, Polly (feat. Ann)"},
        {"trackName": "Don't Go, Polly - 2011 Remaster"},
        {"trackName": "Don't Go, Polly (Remastered 2011)"},
        {"artistName": "Foggy Band"},
        {"artistName": "The Foggy Band ft. Ann"},
        {"duration": 204.9},
        {"duration": None},
    ],
)
def test_it_accepts_another_spelling(fields: dict[str, Any]) -> None:
    assert best_match(TRACK, [record(**fields)]) is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"trackName": "Don't Go"},
        {"trackName": "Don't Go, Polly (Live)"},
        {"trackName": "Don't Go, Polly (Clean)"},
        {"artistName": "The Foggy Bands"},
        {"artistName": None},
        {"duration": 205.1},
        {"plainLyrics": " \n"},
        {"plainLyrics": "la " * LYRICS_MAX_CHARS},
        {"plainLyrics": None, "syncedLyrics": "[ti:Don't Go]\n[00:01.00]"},
    ],
)
def test_it_refuses_another_song(fields: dict[str, Any]) -> None:
    assert best_match(TRACK, [record(**fields)]) is None


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"plainLyrics": "words"}, {"plainLyrics": None, "instrumental": True, "albumName": "Sea Songs"}),
        ({"albumName": "Sea songs", "duration": 204.0}, {"albumName": "Other", "duration": 200.0}),
        ({"duration": 201.0}, {"duration": 203.0}),
        ({"duration": 204.0}, {"duration": None}),
        ({"id": 2}, {"id": 3}),
    ],
)
def test_it_takes_the_better_one(better: dict[str, Any], worse: dict[str, Any]) -> None:
    best, other = record(**better), record(**({"id": 9} | worse))
    assert best_match(TRACK, [best, other]) == best_match(TRACK, [other, best]) == best


def test_it_takes_any_duration_where_its_own_is_unknown() -> None:
    track = Track(TRACK.artist, TRACK.title, "", None)
    assert best_match(track, [record(duration=999.0)]) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Simon & Garfunkel", "Simon and Garfunkel"),
        ("Florence + the Machine", "Florence And The Machine"),
        ("Straße", "STRASSE"),
        ("Björk", "bjork"),
        ("ＡＢＣ", "abc"),
        ("The The", "the the"),
        ("夜に駆ける", "夜に駆ける"),
    ],
)
def test_it_normalises_alike(one: str, other: str) -> None:
    assert normalised(one) == normalised(other) != ""


@pytest.mark.parametrize("name", ["", "  ", "?!", "…", "(feat. Ann)"])
def test_it_finds_no_word_to_ask_for(name: str) -> None:
    assert not Track("John Newton", name, "", None).can_be_asked_for
    assert not Track(name, "Amazing Grace", "", None).can_be_asked_for
