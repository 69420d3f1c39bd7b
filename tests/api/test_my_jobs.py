"""The person's own jobs, for the tray that every page has."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

import clock
from extensions import db
from models import Job
from tests.api.client import CheckedClient

Analyze = Callable[..., str]


def test_it_tells_what_runs_and_what_ended(client: CheckedClient, analyze: Analyze, failed_job: str) -> None:
    waiting = analyze()
    answer = client.get("/api/jobs/mine").json
    assert [job["job_id"] for job in answer["live"]] == [waiting]
    assert answer["live_count"] == 1
    assert [(job["job_id"], job["status"]) for job in answer["ended"]] == [(failed_job, "failed")]


def test_it_tells_of_nobody_elses_work(client: CheckedClient, analyze: Analyze) -> None:
    job_id = analyze()
    db.session.execute(update(Job).where(Job.id == job_id).values(owner_id=None))
    db.session.commit()
    assert client.get("/api/jobs/mine").json["live"] == []


def test_it_forgets_what_ended_a_day_ago(
    client: CheckedClient, failed_job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = clock.now() + 25 * 3600
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.get("/api/jobs/mine").json["ended"] == []


def test_it_lists_ten_and_counts_all(client: CheckedClient, analyze: Analyze) -> None:
    newest = [analyze() for _ in range(12)][-1]
    answer = client.get("/api/jobs/mine").json
    assert (len(answer["live"]), answer["live_count"]) == (10, 12)
    assert answer["live"][0]["job_id"] == newest


def test_it_lists_what_runs_first(client: CheckedClient, analyze: Analyze) -> None:
    runs, waits = analyze(), analyze()
    db.session.execute(update(Job).where(Job.id == runs).values(status="started"))
    db.session.commit()
    assert [job["job_id"] for job in client.get("/api/jobs/mine").json["live"]] == [runs, waits]
