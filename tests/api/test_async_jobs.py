"""Asking after work on episodes, stopping it, and counting it."""

from collections.abc import Callable
from typing import Any

import pytest

from services.jobs.work import Outcome, Work
from tests.api.client import CheckedClient
from tests.pages import episode_rows as rows
from workers import tasks

FIELDS = {
    *("success", "job_id", "job_type", "status", "progress", "current_stage", "message", "eta_seconds", "result"),
    *("error", "created_at", "started_at", "completed_at"),
}


def submit(client: CheckedClient, episode_id: str = "a-talk") -> str:
    return str(client.post(f"/async/episodes/{rows.episode(episode_id)}/process").json["job_id"])


def test_it_tells_of_a_job_that_waits(client: CheckedClient) -> None:
    told = client.get(f"/async/jobs/{submit(client)}").json
    assert set(told) == FIELDS
    assert (told["status"], told["progress"], told["job_type"]) == ("queued", 0.0, "process_episode")
    assert (told["result"], told["completed_at"], told["current_stage"]) == (None, None, None)


def test_it_tells_of_a_job_that_runs(
    client: CheckedClient, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []

    def look(work: Work) -> Outcome:
        work.progress.step("enriching", total=10)
        work.progress.advance(5)
        work.progress.flush()
        seen.append(client.get(f"/async/jobs/{work.job.id}").json)
        return Outcome(result={"episode_id": "a-talk"})

    monkeypatch.setattr(tasks, "process_episode", look)
    job_id = submit(client)
    run_jobs()
    assert (seen[0]["status"], seen[0]["current_stage"]) == ("running", "enriching")
    assert 0 < seen[0]["progress"] < 100
    told = client.get(f"/async/jobs/{job_id}").json
    assert (told["status"], told["progress"], told["result"]) == ("completed", 100.0, {"episode_id": "a-talk"})
    assert told["completed_at"] >= told["started_at"] >= told["created_at"]


def test_it_tells_why_a_job_failed(
    client: CheckedClient, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Work) -> Outcome:
        raise ValueError("a secret of ours")

    monkeypatch.setattr(tasks, "process_episode", fail)
    job_id = submit(client)
    run_jobs()
    told = client.get(f"/async/jobs/{job_id}").json
    assert told["status"] == "failed"
    assert "secret" not in told["error"]


def test_it_lists_the_newest_first_page_by_page(client: CheckedClient) -> None:
    ids = [submit(client, f"talk-{number}") for number in range(5)]
    first = client.get("/async/jobs?limit=3").json
    second = client.get(f"/async/jobs?limit=3&cursor={first['next_cursor']}").json
    assert [job["job_id"] for job in first["jobs"] + second["jobs"]] == ids[::-1]
    assert second["next_cursor"] is None


def test_it_lists_work_on_episodes_only(client: CheckedClient, analyze: Callable[[], str]) -> None:
    analyze()
    job_id = submit(client)
    assert [job["job_id"] for job in client.get("/async/jobs").json["jobs"]] == [job_id]


def test_it_lists_those_of_one_status(client: CheckedClient) -> None:
    waiting, stopped = submit(client, "one"), submit(client, "two")
    client.delete(f"/async/jobs/{stopped}")
    by_status = {
        status: [job["job_id"] for job in client.get(f"/async/jobs?status={status}").json["jobs"]]
        for status in ("queued", "running", "completed", "failed", "cancelled")
    }
    assert by_status == {"queued": [waiting], "running": [], "completed": [], "failed": [], "cancelled": [stopped]}


@pytest.mark.parametrize("query", ["status=started", "limit=0", "limit=201", "cursor=first"])
def test_it_refuses_what_it_cannot_list(client: CheckedClient, query: str) -> None:
    answer = client.get(f"/async/jobs?{query}")
    assert (answer.status_code, list(answer.json["details"])) == (422, [query.partition("=")[0]])


def test_it_cancels_a_job_that_waits(client: CheckedClient) -> None:
    job_id = submit(client)
    answer = client.delete(f"/async/jobs/{job_id}")
    assert (answer.status_code, answer.json["status"]) == (200, "cancelled")
    assert client.get(f"/async/jobs/{job_id}").json["status"] == "cancelled"


def test_it_stops_a_job_that_runs(
    client: CheckedClient, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_stopped(work: Work) -> Outcome:
        answer = client.delete(f"/async/jobs/{work.job.id}")
        assert (answer.status_code, answer.json["status"]) == (202, "running")
        work.lease.cancel_requested = True  # as its keeper learns within two seconds
        work.checkpoint()
        return Outcome()

    monkeypatch.setattr(tasks, "process_episode", be_stopped)
    job_id = submit(client)
    run_jobs()
    assert client.get(f"/async/jobs/{job_id}").json["status"] == "cancelled"


def test_it_says_409_with_the_state_of_a_job_that_is_over(
    client: CheckedClient, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "process_episode", lambda _: Outcome())
    done = submit(client, "one")
    run_jobs()
    stopped = submit(client, "two")
    client.delete(f"/async/jobs/{stopped}")
    for job_id, status in ((done, "completed"), (stopped, "cancelled")):
        answer = client.delete(f"/async/jobs/{job_id}")
        assert (answer.status_code, answer.json["details"]) == (409, {"status": status})


def test_it_says_404_for_a_job_that_is_not_there(client: CheckedClient) -> None:
    for job_id in ("0" * 26, "nonsense"):
        assert client.get(f"/async/jobs/{job_id}").status_code == 404
        assert client.delete(f"/async/jobs/{job_id}").status_code == 404


def test_it_counts_them(
    client: CheckedClient, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch, analyze: Callable[[], str]
) -> None:
    monkeypatch.setattr(tasks, "process_episode", lambda _: Outcome())
    submit(client, "one")
    run_jobs()
    analyze()
    submit(client, "two")
    client.delete(f"/async/jobs/{submit(client, 'three')}")
    stats = client.get("/async/stats").json
    assert stats.pop("max_workers") > 0
    assert stats == {
        **{"success": True, "queued": 1, "running": 0, "completed": 1, "failed": 0, "cancelled": 1},
        "total": 3,
    }
