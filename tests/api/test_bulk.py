"""One operation on all jobs that match a filter."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from extensions import db
from models import AuditEntry
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


def test_it_only_counts_in_a_dry_run(client: CheckedClient, failed_job: str) -> None:
    counted = client.delete("/api/jobs", json={"filter": {"status": "failed"}, "dry_run": True})
    assert counted.json == {"success": True, "matched": 1, "changed": 0, "skipped": 0, "more": False}
    assert _status(client, failed_job) == "failed"
    assert _audited() == []


def test_it_does_it_in_the_background_if_asked_to(
    client: CheckedClient, failed_job: str, run_jobs: Callable[[], None]
) -> None:
    accepted = client.post("/api/jobs/retry", json={"filter": {"status": "failed"}, "background": True})
    assert accepted.status_code == 202
    assert accepted.headers["Location"] == accepted.json["status_url"]
    run_jobs()
    result = client.get(accepted.json["progress_url"]).json["result"]
    assert result == {"matched": 1, "changed": 1, "skipped": 0}
    assert _audited() == [("retry", "jobs", "done", 1)]


def test_it_takes_no_work_in_where_there_is_none(client: CheckedClient) -> None:
    refused = client.post("/api/jobs/retry", json={"filter": {"status": "failed"}, "background": True})
    assert (refused.status_code, refused.json["error"]) == (409, "nothing_to_do")


def test_it_knows_every_field_of_the_filter(client: CheckedClient, failed_job: str) -> None:
    for wanted, matched in (({"target": "song:999"}, 0), ({"error": "no song"}, 1), ({"since": "1h"}, 1)):
        body = {"filter": {"type": "analyze_song", **wanted}, "dry_run": True}
        assert client.post("/api/jobs/retry", json=body).json["matched"] == matched, wanted


def test_it_moves_those_that_wait(client: CheckedClient, analyze: Callable[..., str]) -> None:
    job_id = analyze()
    moved = client.post("/api/jobs/priority", json={"filter": {"status": "queued"}, "priority": "low"})
    assert moved.json["changed"] == 1
    assert client.get(f"/api/jobs/{job_id}/status").json["queue"] == "low"
    assert client.post("/api/jobs/priority", json={"filter": {"status": "queued"}}).status_code == 422
    assert client.post(f"/api/jobs/{job_id}/priority", json={"queue": "default"}).json["status"] == "queued"
    assert client.post(f"/api/jobs/{job_id}/priority", json={"queue": "system"}).status_code == 422


def test_it_writes_down_what_was_done(client: CheckedClient, failed_job: str, analyze: Callable[..., str]) -> None:
    client.post("/api/jobs/retry", json={"filter": {"status": "failed"}})
    client.post(f"/api/jobs/{failed_job}/cancel")
    client.post(f"/api/jobs/{failed_job}/priority", json={"queue": "low"})
    client.delete(f"/api/jobs/{failed_job}")
    assert _audited() == [
        ("retry", "jobs", "done", 1),
        ("cancel", "job", "done", 1),
        ("priority", "job", "refused", 0),
        ("delete", "job", "done", 1),
    ]


def _audited() -> list[tuple[str, str, str, int | None]]:
    rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(row.action, row.target_type, row.outcome, row.changed) for row in rows]
