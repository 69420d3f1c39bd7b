"""Songs over HTTP: made, listed, changed, deleted."""

from collections.abc import Callable
from typing import Any

from tests.api.client import CheckedClient


def test_it_makes_a_song_and_says_where_it_is(client: CheckedClient) -> None:
    song = {"title": "Shenandoah", "artist": "Trad.", "album": "Sea", "lyrics": "Oh Shenandoah", "duration_seconds": 61}
    made = client.post("/api/songs", json=song)
    assert made.status_code == 201
    assert song.items() <= made.json.items()
    assert client.get(made.headers["Location"]).json == made.json


def test_it_needs_a_title_only(client: CheckedClient) -> None:
    made = client.post("/api/songs", json={"title": "Shenandoah"})
    assert made.status_code == 201
    assert made.json["lyrics"] is None
    assert made.json["rating"] is None


def test_it_refuses_a_song_that_is_there_and_names_it(client: CheckedClient) -> None:
    first = client.post("/api/songs", json={"title": "Shenandoah", "artist": "Trad."})
    second = client.post("/api/songs", json={"title": "SHENANDOAH!", "artist": "trad"})
    assert second.status_code == 409
    assert second.json["error"] == "song_exists"
    assert second.json["details"] == {"id": first.json["id"]}


def test_it_lists_songs_page_by_page(client: CheckedClient, make_song: Callable[..., Any]) -> None:
    for title in "cba":
        make_song(title)
    first = client.get("/api/songs?limit=2").json
    second = client.get("/api/songs", query_string={"limit": 2, "cursor": first["next_cursor"]}).json
    assert [song["title"] for song in first["songs"] + second["songs"]] == ["a", "b", "c"]
    assert second["next_cursor"] is None


def test_it_searches_and_sorts(client: CheckedClient, make_song: Callable[..., Any]) -> None:
    for title in ("Red River", "Red Rose", "Blue Moon"):
        make_song(title)
    found = client.get("/api/songs?q=red&sort=newest").json["songs"]
    assert [song["title"] for song in found] == ["Red Rose", "Red River"]


def test_it_filters_by_rating(
    client: CheckedClient, make_song: Callable[..., Any], analyze: Callable[..., str], run_jobs: Callable[[], None]
) -> None:
    rated, _ = make_song("Rated", lyrics="Row your boat, gently down the stream").id, make_song("Not rated")
    analyze(rated)
    run_jobs()
    assert [song["title"] for song in client.get("/api/songs?rating=everyone").json["songs"]] == ["Rated"]
    assert [song["title"] for song in client.get("/api/songs?rating=unrated").json["songs"]] == ["Not rated"]


def test_it_takes_an_empty_parameter_for_none(client: CheckedClient, make_song: Callable[..., Any]) -> None:
    make_song()
    assert len(client.get("/api/songs?q=&rating=&sort=&limit=&cursor=").json["songs"]) == 1


def test_it_changes_what_is_sent_and_nothing_else(client: CheckedClient, make_song: Callable[..., Any]) -> None:
    song_id = make_song("Old", artist="Somebody", lyrics="La").id
    changed = client.patch(f"/api/songs/{song_id}", json={"title": "New"}).json
    assert (changed["title"], changed["artist"], changed["lyrics"]) == ("New", "Somebody", "La")


def test_it_takes_lyrics_away(client: CheckedClient, make_song: Callable[..., Any]) -> None:
    changed = client.patch(f"/api/songs/{make_song(lyrics='La').id}", json={"lyrics": None}).json
    assert changed["lyrics"] is None
    assert changed["has_lyrics"] is False


def test_it_changes_nothing_if_one_field_is_refused(client: CheckedClient, make_song: Callable[..., Any]) -> None:
    song_id = make_song("Old").id
    refused = client.patch(f"/api/songs/{song_id}", json={"artist": "New", "title": ""})
    assert refused.status_code == 422
    assert client.get(f"/api/songs/{song_id}").json["artist"] == "The Testers"


def test_it_deletes_a_song(client: CheckedClient, make_song: Callable[..., Any]) -> None:
    song_id = make_song().id
    assert client.delete(f"/api/songs/{song_id}").json == {"success": True, "id": song_id}
    assert client.get(f"/api/songs/{song_id}").status_code == 404
    assert client.delete(f"/api/songs/{song_id}").status_code == 404
