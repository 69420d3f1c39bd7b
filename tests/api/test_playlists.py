"""Playlists over HTTP."""

from collections.abc import Callable
from typing import Any

from tests.api.client import CheckedClient


def test_it_makes_a_playlist_in_the_order_given(client: CheckedClient, make_song: Callable[..., Any]) -> None:
    ids = [make_song().id for _ in range(3)][::-1]
    made = client.post("/api/playlists", json={"name": "Backwards", "song_ids": ids})
    assert made.status_code == 201
    assert made.json["song_ids"] == ids
    assert client.get(made.headers["Location"]).json == made.json


def test_it_refuses_a_song_that_is_not_there(client: CheckedClient) -> None:
    refused = client.post("/api/playlists", json={"name": "X", "song_ids": [4711]})
    assert refused.status_code == 422
    assert "4711" in refused.json["details"]["song_ids"]


def test_it_refuses_a_name_that_is_taken(client: CheckedClient, make_playlist: Callable[..., Any]) -> None:
    taken = make_playlist("Taken").id
    refused = client.post("/api/playlists", json={"name": "Taken"})
    assert (refused.status_code, refused.json["details"]) == (409, {"id": taken})


def test_it_lists_playlists_page_by_page(client: CheckedClient, make_playlist: Callable[..., Any]) -> None:
    for name in "cab":
        make_playlist(name, size=1)
    first = client.get("/api/playlists?limit=2").json
    second = client.get("/api/playlists", query_string={"cursor": first["next_cursor"]}).json
    assert [one["name"] for one in first["playlists"] + second["playlists"]] == ["a", "b", "c"]


def test_it_lists_the_songs_of_a_playlist_page_by_page(
    client: CheckedClient, make_song: Callable[..., Any], make_playlist: Callable[..., Any]
) -> None:
    address = f"/api/playlists/{make_playlist(songs=[make_song(title) for title in 'xyz']).id}/songs"
    first = client.get(f"{address}?limit=2").json
    second = client.get(address, query_string={"limit": 2, "cursor": first["next_cursor"]}).json
    assert [place["song"]["title"] for place in first["songs"] + second["songs"]] == ["x", "y", "z"]
    assert second["next_cursor"] is None


def test_it_renames_and_keeps_the_songs(client: CheckedClient, make_playlist: Callable[..., Any]) -> None:
    playlist_id = make_playlist("Old", size=2).id
    changed = client.patch(f"/api/playlists/{playlist_id}", json={"name": "New"}).json
    assert (changed["name"], changed["song_count"]) == ("New", 2)


def test_it_replaces_the_songs_and_keeps_the_name(client: CheckedClient, make_playlist: Callable[..., Any]) -> None:
    playlist_id = make_playlist("Kept", size=2).id
    changed = client.patch(f"/api/playlists/{playlist_id}", json={"song_ids": []}).json
    assert (changed["name"], changed["song_ids"]) == ("Kept", [])


def test_it_deletes_a_playlist_and_keeps_its_songs(client: CheckedClient, make_playlist: Callable[..., Any]) -> None:
    playlist_id = make_playlist(size=2).id
    assert client.delete(f"/api/playlists/{playlist_id}").json == {"success": True, "id": playlist_id}
    assert client.get(f"/api/playlists/{playlist_id}").status_code == 404
    assert len(client.get("/api/songs").json["songs"]) == 2
