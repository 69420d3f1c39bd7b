"""Progress while Redis is away: decoration may be lost, answers may not."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import CheckedClient


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"redis_url": "unix:///nowhere/redis.sock"}


def test_it_answers_from_the_row_and_says_so(client: CheckedClient, analyze: Callable[..., str]) -> None:
    job_id = analyze()
    one = client.get(f"/api/progress/{job_id}")
    assert (one.status_code, one.json["status"], one.json["degraded"]) == (200, "queued", True)
    many = client.get(f"/api/progress?ids={job_id}")
    assert many.json["progress"][job_id]["status"] == "queued"


def test_it_says_503_where_redis_is_all_there_is(client: CheckedClient, analyze: Callable[..., str]) -> None:
    client.post(f"/api/jobs/{analyze()}/cancel")
    answer = client.post("/api/progress/cleanup", json={"max_age_hours": 0})
    assert (answer.status_code, answer.json["error"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_it_says_that_the_fleet_is_down(client: CheckedClient) -> None:
    assert client.get("/api/worker/health").json["status"] == "down"
    assert "redis" in client.get("/readyz").json["details"]
    assert b'backbeat_fleet_health{health="down"} 1.0' in client.get("/metrics").data
