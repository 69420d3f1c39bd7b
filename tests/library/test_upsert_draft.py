"""An import adds what is new, fills gaps, and overwrites nothing."""

from models import User
from services.library import users
from services.library.songs import SongDraft, get_song
from tests.library.makers import upsert

BARE = SongDraft("Greensleeves", "Trad.")
FULL = SongDraft("Greensleeves", "trad", "Ballads", 61.5, "Alas, my love", "file")


def test_it_adds_a_new_song_and_finds_it_again(owner: User) -> None:
    song_id, outcome = upsert(owner, FULL)
    assert outcome == "added"
    assert upsert(owner, FULL) == (song_id, "existing")


def test_it_fills_the_gaps_of_a_song_that_is_there(owner: User) -> None:
    song_id, _ = upsert(owner, BARE)
    assert upsert(owner, FULL) == (song_id, "updated")
    song = get_song(song_id)
    assert (song.album, song.duration_seconds, song.lyrics, song.lyrics_source) == (
        "Ballads",
        61.5,
        "Alas, my love",
        "file",
    )


def test_it_finds_a_song_by_an_album_gained_later(owner: User) -> None:
    song_id, _ = upsert(owner, BARE)
    upsert(owner, FULL)
    assert "ballads" in get_song(song_id).search_text


def test_it_overwrites_nothing(owner: User) -> None:
    song_id, _ = upsert(owner, FULL)
    other = SongDraft("GREENSLEEVES", "TRAD.", "Other", 9.0, "Other words", "embedded")
    assert upsert(owner, other) == (song_id, "existing")
    song = get_song(song_id)
    assert (song.title, song.album, song.duration_seconds, song.lyrics) == (
        "Greensleeves",
        "Ballads",
        61.5,
        FULL.lyrics,
    )


def test_it_keeps_owners_apart(owner: User) -> None:
    song_id, _ = upsert(owner, FULL)
    other_id, outcome = upsert(users.owner_named("Ada"), FULL)
    assert outcome == "added"
    assert other_id != song_id
