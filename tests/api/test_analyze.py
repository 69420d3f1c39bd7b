"""A click on Analyze."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import CheckedClient


def test_it_answers_at_once_with_a_job_to_follow(client: CheckedClient, make_song: Callable[..., Any]) -> None:
    answer = client.post(f"/api/songs/{make_song().id}/analyze")
    assert answer.status_code == 202
    assert (answer.json["status"], answer.json["already_running"]) == ("queued", False)
    assert answer.headers["Location"] == answer.json["status_url"]
    assert answer.headers["Retry-After"] == "1"
    for followed in ("progress_url", "status_url"):
        assert client.get(answer.json[followed]).json["job_id"] == answer.json["job_id"]


def test_it_answers_the_same_job_to_a_second_click(client: CheckedClient, make_song: Callable[..., Any]) -> None:
    address = f"/api/songs/{make_song().id}/analyze"
    first, second = client.post(address).json, client.post(address).json
    assert second == first | {"already_running": True}


def test_it_makes_a_new_job_once_the_first_is_over(
    make_song: Callable[..., Any], analyze: Callable[..., str], run_jobs: Callable[[], None]
) -> None:
    song_id = make_song().id
    first = analyze(song_id)
    run_jobs()
    assert analyze(song_id) != first


def test_it_takes_a_click_with_an_empty_json_body(client: CheckedClient, make_song: Callable[..., Any]) -> None:
    assert client.post(f"/api/songs/{make_song().id}/analyze", json={}).status_code == 202


def test_it_analyzes_every_song_of_a_playlist(
    client: CheckedClient, make_playlist: Callable[..., Any], run_jobs: Callable[[], None]
) -> None:
    playlist_id = make_playlist(size=3).id
    job = client.post(f"/api/playlists/{playlist_id}/analyze").json
    run_jobs()
    done = client.get(job["progress_url"]).json
    assert (done["status"], done["progress"], done["children_counts"]["finished"]) == ("finished", 1.0, 3)
    assert client.get(f"/api/playlists/{playlist_id}").json["ratings"]["unrated"] == 0


def test_it_analyzes_all_that_a_user_has_with_low_priority(
    client: CheckedClient, owner: Any, make_song: Callable[..., Any], run_jobs: Callable[[], None]
) -> None:
    owner_id, _ = owner.id, [make_song() for _ in range(2)]
    job = client.post(f"/api/users/{owner_id}/analyze").json
    assert client.get(job["status_url"]).json["queue"] == "low"
    run_jobs()
    assert client.get(job["progress_url"]).json["children_counts"]["finished"] == 2


@pytest.mark.parametrize("what", ["songs", "playlists", "users"])
def test_it_says_404_for_what_is_not_there(client: CheckedClient, what: str) -> None:
    assert client.post(f"/api/{what}/4711/analyze").status_code == 404


def test_it_says_409_for_nothing_to_analyze(
    client: CheckedClient, owner: Any, make_playlist: Callable[..., Any]
) -> None:
    owner_id, playlist_id = owner.id, make_playlist(size=0).id
    assert client.post(f"/api/playlists/{playlist_id}/analyze").json["error"] == "empty_playlist"
    assert client.post(f"/api/users/{owner_id}/analyze").json["error"] == "empty_library"
