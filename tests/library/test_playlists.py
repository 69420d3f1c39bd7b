"""Playlists keep an order, belong to one owner, and are taken over by name."""

import pytest

from errors import Conflict, InvalidInput, NotFound
from extensions import db, transaction
from models import User
from services.library import playlists, users
from tests.library.makers import add_song


@pytest.fixture
def three(owner: User) -> list[int]:
    return [add_song(owner, title) for title in ("One", "Two", "Three")]


def _order(playlist_id: int) -> list[int]:
    return playlists.song_ids_of(db.session(), playlist_id)


def _upsert(owner: User, name: str, song_ids: list[int]) -> tuple[int, str]:
    owner_id = owner.id
    with transaction() as session:
        return playlists.upsert_playlist(session, owner_id, name, song_ids)


def test_it_keeps_the_order_and_lets_a_song_stand_twice(owner: User, three: list[int]) -> None:
    order = [three[2], three[0], three[2]]
    assert _order(playlists.create_playlist(owner.id, "Mix", order).id) == order


def test_it_replaces_the_order(owner: User, three: list[int]) -> None:
    playlist = playlists.create_playlist(owner.id, "Mix", three)
    playlists.update_playlist(playlist.id, song_ids=three[::-1])
    assert _order(playlist.id) == three[::-1]


def test_it_renames_and_leaves_the_songs(owner: User, three: list[int]) -> None:
    playlist = playlists.create_playlist(owner.id, "Mix", three)
    assert playlists.update_playlist(playlist.id, name="Best").name == "Best"
    assert _order(playlist.id) == three


def test_it_refuses_a_name_that_is_taken(owner: User, three: list[int]) -> None:
    first = playlists.create_playlist(owner.id, "Mix")
    second = playlists.create_playlist(owner.id, "Best")
    with pytest.raises(Conflict) as refusal:
        playlists.create_playlist(owner.id, " Mix ")
    assert refusal.value.details == {"id": first.id}
    with pytest.raises(Conflict) as refusal:
        playlists.update_playlist(second.id, name="Mix")
    assert refusal.value.details == {"id": first.id}


def test_it_refuses_songs_of_somebody_else(owner: User, three: list[int]) -> None:
    foreign = add_song(users.owner_named("Ada"), "Foreign")
    with pytest.raises(InvalidInput, match=f"no song {foreign}"):
        playlists.create_playlist(owner.id, "Mix", [*three, foreign])


def test_it_refuses_a_playlist_beyond_all_measure(owner: User, three: list[int]) -> None:
    with pytest.raises(InvalidInput, match="at most 20,000"):
        playlists.create_playlist(owner.id, "Mix", three * 7000)


def test_it_refuses_a_playlist_without_a_name(owner: User) -> None:
    with pytest.raises(InvalidInput, match="needs a name"):
        playlists.create_playlist(owner.id, "\n")


def test_it_takes_an_import_over_by_name(owner: User, three: list[int]) -> None:
    playlist_id, outcome = _upsert(owner, "Mix", three)
    assert outcome == "added"
    assert _upsert(owner, "Mix", three) == (playlist_id, "existing")
    assert _upsert(owner, "Mix", three[::-1]) == (playlist_id, "updated")
    assert _order(playlist_id) == three[::-1]


def test_it_deletes_a_playlist_and_no_song(owner: User, three: list[int]) -> None:
    playlist = playlists.create_playlist(owner.id, "Mix", three)
    playlist_id = playlist.id
    playlists.delete_playlist(playlist_id)
    with pytest.raises(NotFound):
        playlists.get_playlist(playlist_id)
    assert _order(playlist_id) == []
    assert _order(playlists.create_playlist(owner.id, "Again", three).id) == three
