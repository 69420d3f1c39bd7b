"""Lists of jobs."""

from collections.abc import Callable
from typing import Any

import pytest

from services.jobs import search
from tests.api.client import CheckedClient


def _ids(answer: Any) -> list[str]:
    return [job["job_id"] for job in answer.json["jobs"]]


def test_it_lists_the_newest_first_page_by_page(client: CheckedClient, analyze: Callable[..., str]) -> None:
    made = sorted((analyze() for _ in range(3)), reverse=True)
    first = client.get("/api/jobs?limit=2")
    second = client.get("/api/jobs", query_string={"limit": 2, "cursor": first.json["next_cursor"]})
    assert _ids(first) + _ids(second) == made
    assert second.json["next_cursor"] is None


def test_it_keeps_its_place_while_jobs_come(client: CheckedClient, analyze: Callable[..., str]) -> None:
    old = sorted((analyze() for _ in range(2)), reverse=True)
    first = client.get("/api/jobs?limit=1")
    analyze()
    assert _ids(client.get("/api/jobs", query_string={"cursor": first.json["next_cursor"]})) == old[1:]


def test_it_filters(
    client: CheckedClient, make_playlist: Callable[..., Any], failed_job: str, analyze: Callable[..., str]
) -> None:
    waiting = analyze()
    playlist = client.post(f"/api/playlists/{make_playlist('Sea songs').id}/analyze").json["job_id"]
    assert _ids(client.get("/api/jobs?status=failed")) == [failed_job]
    assert _ids(client.get("/api/jobs?status=live&type=analyze_song")) == [waiting]
    assert _ids(client.get("/api/jobs?queue=default")) == [playlist]
    assert _ids(client.get("/api/jobs?q=sea+songs")) == [playlist]
    assert _ids(client.get(f"/api/jobs?q={waiting.lower()}")) == [waiting]


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("status", "done", "finished"),
        ("type", "bake", "analyze_song"),
        ("queue", "slow", "low"),
        ("limit", "0", "1"),
        ("limit", "201", "200"),
        ("limit", "many", "integer"),
        ("cursor", "x", "next_cursor"),
        ("q", "\x00", "NUL"),
    ],
)
def test_it_says_what_is_allowed(client: CheckedClient, field: str, value: str, allowed: str) -> None:
    refused = client.get("/api/jobs", query_string={field: value})
    assert (refused.status_code, refused.json["error"]) == (422, "invalid_input")
    assert allowed in refused.json["details"][field]


def test_it_lists_children_in_order_page_by_page(
    client: CheckedClient,
    make_song: Callable[..., Any],
    make_playlist: Callable[..., Any],
    run_jobs: Callable[[], None],
) -> None:
    playlist_id = make_playlist(songs=[make_song(title, artist="") for title in "xyz"]).id
    address = f"/api/jobs/{client.post(f'/api/playlists/{playlist_id}/analyze').json['job_id']}/children"
    run_jobs()
    first = client.get(f"{address}?limit=2").json
    second = client.get(address, query_string={"limit": 2, "cursor": first["next_cursor"]}).json
    children = first["children"] + second["children"]
    assert [(child["title"], child["status"]) for child in children] == [(title, "finished") for title in "xyz"]
    assert second["next_cursor"] is None


def test_it_lists_the_parts_of_a_larger_job_and_finds_by_target(client: CheckedClient, make_playlist: Any) -> None:
    playlist_id = make_playlist(size=2).id
    parent = client.post(f"/api/playlists/{playlist_id}/analyze").json["job_id"]
    assert _ids(client.get("/api/jobs", query_string={"target": f"playlist:{playlist_id}"})) == [parent]
    assert _ids(client.get("/api/jobs", query_string={"parent": parent})) == []


def test_it_sorts(client: CheckedClient, analyze: Callable[..., str]) -> None:
    made = [analyze() for _ in range(3)]
    assert _ids(client.get("/api/jobs?sort=oldest")) == sorted(made)
    first = client.get("/api/jobs?sort=waiting&limit=2")
    second = client.get("/api/jobs", query_string={"sort": "waiting", "limit": 2, "cursor": first.json["next_cursor"]})
    assert sorted(_ids(first) + _ids(second)) == sorted(made)
    assert second.json["next_cursor"] is None


def test_it_refuses_a_cursor_of_another_order(client: CheckedClient, analyze: Callable[..., str]) -> None:
    cursor = [analyze(), analyze()][0]
    answer = client.get("/api/jobs", query_string={"sort": "waiting", "cursor": cursor})
    assert (answer.status_code, list(answer.json["details"])) == (422, ["cursor"])


def test_it_says_how_far_a_search_came(
    client: CheckedClient, analyze: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "WINDOW", 1)
    made = sorted(analyze() for _ in range(2))
    answer = client.get("/api/jobs?q=no+such+words").json
    assert (answer["jobs"], answer["next_cursor"]) == ([], made[1])
    assert answer["searched_to"]
