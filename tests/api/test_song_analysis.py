"""What was found in a song."""

from collections.abc import Callable
from typing import Any

from tests.api.client import CheckedClient


def test_it_says_not_analysed_before_the_first(client: CheckedClient, make_song: Callable[..., Any]) -> None:
    answer = client.get(f"/api/songs/{make_song().id}/analysis")
    assert answer.status_code == 404
    assert answer.json["error"] == "not_analysed"


def test_it_tells_a_song_that_is_not_there_apart(client: CheckedClient) -> None:
    assert client.get("/api/songs/7/analysis").json["error"] == "song_not_found"


def test_it_has_all_that_the_contract_promises(
    client: CheckedClient, make_song: Callable[..., Any], analyze: Callable[..., str], run_jobs: Callable[[], None]
) -> None:
    song_id = make_song(lyrics="A quiet day\nThey murdered him with a knife last night").id
    analyze(song_id)
    run_jobs()
    found = client.get(f"/api/songs/{song_id}/analysis").json
    promised = "rating score summary language findings themes mood lyrics_source analyser analysed_at success"
    assert found.keys() == set(promised.split())
    assert {"category": "violence", "line": 2}.items() <= found["findings"][0].items()
    assert found["findings"][0].keys() == {"category", "severity", "line", "words", "reason"}
    assert found["rating"] != "everyone"
    assert found["score"] > 0
