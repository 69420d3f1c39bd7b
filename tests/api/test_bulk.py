"""One operation on all jobs that match a filter."""

from collections.abc import Callable

import pytest

from tests.api.client import CheckedClient


def _status(client: CheckedClient, job_id: str) -> int | str:
    answer = client.get(f"/api/progress/{job_id}")
    return str(answer.json["status"]) if answer.status_code == 200 else answer.status_code


def test_it_cancels_then_retries_those_that_match(
    client: CheckedClient, failed_job: str, analyze: Callable[..., str]
) -> None:
    waiting = [analyze(), analyze()]
    changed = {"success": True, "matched": 2, "changed": 2, "skipped": 0, "more": False}
    assert client.post("/api/jobs/cancel", json={"filter": {"status": "queued"}}).json == changed
    assert client.post("/api/jobs/retry", json={"filter": {"status": "canceled"}}).json == changed
    assert [_status(client, job_id) for job_id in (*waiting, failed_job)] == ["queued", "queued", "failed"]


def test_it_deletes_those_that_match(client: CheckedClient, failed_job: str, analyze: Callable[..., str]) -> None:
    waiting = analyze()
    assert client.delete("/api/jobs", json={"filter": {"type": "analyze_song"}}).json["changed"] == 1
    assert [_status(client, job_id) for job_id in (waiting, failed_job)] == ["queued", 404]


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        {"filter": {}},
        {"filter": {"status": ""}},
        {"filter": {"statsu": "failed"}},
        {"filter": {"status": "failed"}, "all": True},
        {"filter": {"status": ["failed"]}},
        {"filter": {"status": "nonsense"}},
    ],
)
def test_it_refuses_a_filter_that_may_mean_every_job(client: CheckedClient, failed_job: str, body: object) -> None:
    given = {} if body is None else {"json": body}
    assert client.delete("/api/jobs", **given).status_code == 422
    assert _status(client, failed_job) == "failed"


def test_it_takes_no_filter_from_the_address(client: CheckedClient, failed_job: str) -> None:
    assert client.delete("/api/jobs?status=failed").status_code == 422
    assert _status(client, failed_job) == "failed"
