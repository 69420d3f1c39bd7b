"""All that is told of one job."""

from collections.abc import Callable
from typing import Any

from tests.api.client import CheckedClient


def test_it_tells_of_a_waiting_job(
    client: CheckedClient, make_song: Callable[..., Any], analyze: Callable[..., str]
) -> None:
    song_id, _ = make_song().id, analyze()
    told = client.get(f"/api/jobs/{analyze(song_id)}/status").json
    assert told["target"] == {"type": "song", "id": str(song_id)}
    assert (told["status"], told["queue"], told["queue_position"], told["attempts"]) == ("queued", "high", 2, 1)
    assert told["worker"] is None


def test_it_tells_of_a_finished_job(
    client: CheckedClient, analyze: Callable[..., str], run_jobs: Callable[[], None]
) -> None:
    job_id = analyze()
    run_jobs()
    told = client.get(f"/api/jobs/{job_id}/status").json
    assert (told["status"], told["result"]["rating"], told["queue_position"]) == ("finished", "everyone", None)
    assert told["worker"] == "localhost:test"
    assert [move["to"] for move in told["history"]] == ["queued", "started", "finished"]
    assert told["created_at"] <= told["started_at"] <= told["ended_at"]


def test_it_tells_why_a_job_failed_and_shows_no_trace(client: CheckedClient, failed_job: str) -> None:
    answer = client.get(f"/api/jobs/{failed_job}/status")
    assert (answer.json["status"], answer.json["error_code"]) == ("failed", "song_not_found")
    assert "Traceback" not in answer.text
    assert ".py" not in answer.text


def test_it_says_404_for_a_job_that_never_was(client: CheckedClient) -> None:
    assert client.get("/api/jobs/01JD8Z5M3V7Q2K4N6P8R0S1T2W/status").json["error"] == "no_such_job"
