"""How the queues fare, and stopping them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import CheckedClient


def _queue(client: CheckedClient, name: str) -> dict[str, Any]:
    return next(queue for queue in client.get("/api/queue/status").json["queues"] if queue["name"] == name)


def test_it_counts_the_jobs_of_each_queue(
    client: CheckedClient, failed_job: str, analyze: Callable[..., str], run_jobs: Callable[[], None]
) -> None:
    analyze()
    run_jobs()
    analyze()
    high = _queue(client, "high")
    assert (high["queued"], high["failed"], high["finished_last_hour"]) == (1, 1, 1)
    assert high["oldest_wait_seconds"] >= 0
    assert _queue(client, "low")["oldest_wait_seconds"] is None


def test_it_pauses_and_resumes_a_queue(client: CheckedClient) -> None:
    assert client.post("/api/queue/high/pause", json={"reason": "moving house"}).json["paused"] is True
    assert (_queue(client, "high")["paused"], _queue(client, "high")["paused_reason"]) == (True, "moving house")
    assert _queue(client, "low")["paused"] is False
    assert client.post("/api/queue/high/resume").json == {"success": True, "queue": "high", "paused": False}
    assert _queue(client, "high")["paused"] is False


@pytest.mark.parametrize("action", ["pause", "resume"])
def test_it_says_404_and_names_the_queues_that_there_are(client: CheckedClient, action: str) -> None:
    answer = client.post(f"/api/queue/urgent/{action}")
    assert (answer.status_code, answer.json["error"]) == (404, "no_such_queue")
    assert answer.json["details"] == {"queue": "one of high, default, low"}
