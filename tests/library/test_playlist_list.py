"""Playlists are listed with how many songs they have and how those are rated."""

import pytest
from sqlalchemy import update

from errors import InvalidInput
from extensions import transaction
from models import Song, User
from services.library import playlists, queries, songs
from tests.library.makers import add_song


@pytest.fixture
def mix(owner: User) -> int:
    ids = [add_song(owner, f"Song {n}") for n in range(5)]
    with transaction() as session:
        session.execute(update(Song).where(Song.id.in_(ids[:2])).values(rating="teen"))
    return playlists.create_playlist(owner.id, "Mix", [*ids, ids[0]]).id


def test_it_counts_songs_and_ratings(owner: User, mix: int) -> None:
    (line,) = queries.list_playlists(owner.id).items
    assert (line.name, line.song_count, line.ratings["teen"], line.ratings["unrated"]) == ("Mix", 6, 3, 3)
    assert queries.playlist_summary(playlists.get_playlist(mix)) == line


def test_it_lists_an_empty_playlist_too(owner: User) -> None:
    playlists.create_playlist(owner.id, "Empty")
    assert [line.song_count for line in queries.list_playlists(owner.id).items] == [0]


def test_it_pages_through_playlists_by_name_whatever_their_case(owner: User) -> None:
    for name in ("beta", "Alpha", "alpha", "Gamma", "delta"):
        playlists.create_playlist(owner.id, name)
    first = queries.list_playlists(owner.id, limit=2)
    second = queries.list_playlists(owner.id, limit=2, cursor=first.next_cursor)
    third = queries.list_playlists(owner.id, limit=2, cursor=second.next_cursor)
    names = [line.name for page in (first, second, third) for line in page.items]
    assert names == ["Alpha", "alpha", "beta", "delta", "Gamma"]
    assert third.next_cursor is None


def test_it_refuses_a_cursor_of_another_list(owner: User, mix: int) -> None:
    foreign = queries.list_songs(owner.id, limit=1).next_cursor
    with pytest.raises(InvalidInput, match="cursor cannot be used"):
        queries.list_playlists(owner.id, cursor=foreign)


def test_it_pages_through_a_playlist_by_place(owner: User, mix: int) -> None:
    first = queries.playlist_songs(mix, limit=4)
    rest = queries.playlist_songs(mix, after_position=first[-1].position, limit=4)
    assert [entry.position for entry in (*first, *rest)] == [1, 2, 3, 4, 5, 6]
    assert first[0].song == rest[-1].song


def test_it_leaves_a_gap_for_a_deleted_song(owner: User, mix: int) -> None:
    songs.delete_song(queries.playlist_songs(mix)[1].song.id)
    assert [entry.position for entry in queries.playlist_songs(mix)] == [1, 3, 4, 5, 6]
