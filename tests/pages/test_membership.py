import pytest

from errors import InvalidInput, NotFound
from services.library import membership, playlists, queries, songs, users
from tests.conftest import MakePlaylist, MakeSong


def test_it_adds_behind_the_last_place_also_after_a_gap(make_playlist: MakePlaylist, make_song: MakeSong) -> None:
    playlist_id = make_playlist(size=3).id
    membership.remove_place(playlist_id, 2)
    membership.add_song(playlist_id, make_song("New").id)
    assert [entry.position for entry in queries.playlist_songs(playlist_id)] == [1, 3, 4]


def test_it_refuses_a_song_of_another_owner(make_playlist: MakePlaylist) -> None:
    stranger = users.owner_named("Somebody else")
    foreign = songs.create_song(stranger.id, title="Theirs")
    playlist_id = make_playlist().id
    with pytest.raises(InvalidInput):
        membership.add_song(playlist_id, foreign.id)


def test_it_refuses_one_more_than_a_playlist_may_have(
    make_playlist: MakePlaylist, make_song: MakeSong, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "PLAYLIST_MAX_SONGS", 3)
    playlist_id, song_id = make_playlist(size=3).id, make_song().id
    with pytest.raises(InvalidInput):
        membership.add_song(playlist_id, song_id)


def test_it_needs_a_playlist(make_song: MakeSong) -> None:
    song_id = make_song().id
    with pytest.raises(NotFound):
        membership.add_song(999, song_id)


def test_it_takes_a_place_out_twice_without_harm(make_playlist: MakePlaylist) -> None:
    playlist_id = make_playlist(size=2).id
    membership.remove_place(playlist_id, 1)
    membership.remove_place(playlist_id, 1)
    assert playlists.get_playlist(playlist_id).id == playlist_id
    assert [entry.position for entry in queries.playlist_songs(playlist_id)] == [2]
