"""Songs are made, changed and deleted by hand, and never stand in the library twice."""

from typing import Any

import pytest
from sqlalchemy import func, select

import clock
from errors import Conflict, InvalidInput, NotFound
from extensions import db, transaction
from models import Analysis, Playlist, PlaylistSong, Song, User
from services.library import playlists, queries, songs
from tests.library.makers import add_song


def _analyse(song_id: int) -> None:
    with transaction() as session:
        session.add(
            Analysis(
                song_id=song_id,
                analyser="test-1",
                lyrics_digest="d",
                lyrics="old words",
                lyrics_source="pasted",
                rating="teen",
                score=30,
                summary="",
                language="en",
                themes=[],
                mood="",
                analysed_at=clock.now(),
            )
        )


def test_it_makes_a_song_with_pasted_lyrics(owner: User) -> None:
    song = songs.create_song(
        owner.id, title=" Greensleeves ", artist="Trad.", lyrics="Alas, my love\r\nyou do me wrong"
    )
    assert (song.title, song.lyrics, song.lyrics_source) == ("Greensleeves", "Alas, my love\nyou do me wrong", "pasted")


def test_it_has_no_source_of_lyrics_without_lyrics(owner: User) -> None:
    assert songs.create_song(owner.id, title="Lullaby").lyrics_source is None


def test_it_refuses_a_song_that_is_there_and_names_it(owner: User) -> None:
    song_id = add_song(owner, "Greensleeves")
    with pytest.raises(Conflict) as refusal:
        songs.create_song(owner.id, title="GREENSLEEVES!", artist="trad")
    assert refusal.value.details == {"id": song_id}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " \u202e "}, "title"),
        ({"title": "a\x00"}, "title"),
        ({"title": "a", "artist": "\x00"}, "artist"),
        ({"title": "a", "duration_seconds": -1.0}, "duration_seconds"),
        ({"title": "a", "duration_seconds": float("nan")}, "duration_seconds"),
        ({"title": "a", "lyrics": "x\x00"}, "lyrics"),
    ],
)
def test_it_names_the_field_that_is_not_acceptable(owner: User, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        songs.create_song(owner.id, **fields)
    assert refusal.value.details is not None
    assert list(refusal.value.details) == [field]


def test_it_keeps_the_analyses_when_lyrics_change(owner: User) -> None:
    song_id = add_song(owner, "Greensleeves", lyrics="old words")
    _analyse(song_id)
    song = songs.update_song(song_id, lyrics="new words")
    assert song.lyrics == "new words"
    assert [analysis.lyrics for analysis in queries.analyses_of(song_id)] == ["old words"]


def test_it_finds_a_song_by_its_new_name(owner: User) -> None:
    song_id = add_song(owner, "Greensleeves")
    songs.update_song(song_id, title="What Child Is This", album="Carols")
    assert [song.id for song in queries.list_songs(owner.id, q="child carols").items] == [song_id]
    assert add_song(owner, "Greensleeves") != song_id


def test_it_refuses_to_rename_a_song_to_another(owner: User) -> None:
    first, second = add_song(owner, "First"), add_song(owner, "Second")
    with pytest.raises(Conflict) as refusal:
        songs.update_song(second, title="first")
    assert refusal.value.details == {"id": first}
    assert songs.get_song(second).title == "Second"


def test_it_lets_a_song_change_the_case_of_its_own_name(owner: User) -> None:
    song_id = add_song(owner, "greensleeves")
    assert songs.update_song(song_id, title="Greensleeves").title == "Greensleeves"


def test_it_refuses_to_change_what_a_person_does_not_own(owner: User) -> None:
    song_id = add_song(owner, "Greensleeves")
    with pytest.raises(InvalidInput, match="only these can be changed"):
        songs.update_song(song_id, rating="everyone")


def test_it_deletes_a_song_with_all_that_hangs_on_it(owner: User) -> None:
    song_id = add_song(owner, "Greensleeves")
    _analyse(song_id)
    playlists.create_playlist(owner.id, "Old", [song_id])
    songs.delete_song(song_id)
    counts = [db.session.scalar(select(func.count()).select_from(t)) for t in (Song, Analysis, PlaylistSong, Playlist)]
    assert counts == [0, 0, 0, 1]


def test_it_says_so_when_there_is_no_such_song(owner: User) -> None:
    for act in (songs.get_song, songs.delete_song, songs.update_song):
        with pytest.raises(NotFound, match="no song 77"):
            act(77)
