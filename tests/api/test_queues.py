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
    assert answer.json["details"] == {"queue": "one of system, high, default, low"}


def test_it_tells_the_pace_the_line_and_who_serves_it(client: CheckedClient, analyze: Callable[..., str]) -> None:
    analyze()
    high = _queue(client, "high")
    assert high["jobs_in_per_minute"] > 0
    assert (high["drain"], high["drain_seconds"], high["workers"]) == ("unknown", None, 0)
    assert (high["wait_limit_seconds"], high["line_wait_seconds"]) == (60, high["oldest_wait_seconds"])
    assert _queue(client, "low")["drain"] == "empty"


def test_it_pauses_for_a_while_and_says_by_whom(client: CheckedClient) -> None:
    client.post("/api/queue/low/pause", json={"reason": "backup", "for_seconds": 60})
    low = _queue(client, "low")
    assert (low["paused_by"], low["paused_reason"], low["drain"]) == ("local operator", "backup", "empty")
    assert low["paused_since"] < low["paused_until"]


def test_it_pauses_until_an_instant(client: CheckedClient) -> None:
    client.post("/api/queue/low/pause", json={"until": "2099-01-01T01:00:00+01:00"})
    assert _queue(client, "low")["paused_until"] == "2099-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("queue", "body", "code"),
    [
        ("low", {"until": "2001-01-01T00:00:00Z"}, "invalid_input"),
        ("low", {"until": "2099-01-01T00:00:00"}, "invalid_input"),  # of which zone?
        ("low", {"for_seconds": 0}, "invalid_input"),
        ("system", {}, "not_pausable"),
    ],
)
def test_it_refuses_a_pause_that_cannot_be(client: CheckedClient, queue: str, body: dict[str, Any], code: str) -> None:
    answer = client.post(f"/api/queue/{queue}/pause", json=body)
    assert (answer.status_code, answer.json["error"]) == (422, code)
    assert _queue(client, queue)["paused"] is False


def test_it_pauses_and_resumes_all_but_what_operators_need(client: CheckedClient) -> None:
    assert client.post("/api/queue/pause").json["queues"] == ["high", "default", "low"]
    client.post("/api/queue/high/resume")
    assert client.post("/api/queue/resume").json["queues"] == ["default", "low"]
