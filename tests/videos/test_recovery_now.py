"""`POST /internal/process-new-videos/trigger`."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from extensions import db
from models import AuditEntry, ScheduleRun
from services.jobs import operations, patience
from services.schedules import at_once
from services.videos import recovery
from tests.api.client import CheckedClient
from tests.videos.rows import a_video
from tests.videos.waiting import run_row, runs_of

URL = "/internal/process-new-videos/trigger"
COUNTS = ("found", "triggered", "skipped", "failed")


@pytest.fixture
def working(monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]) -> None:
    """Workers do what is queued as soon as somebody waits for it."""
    monkeypatch.setattr(patience, "pause", run_jobs)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_once, "MOST_SECONDS", 0.0)


@pytest.mark.usefixtures("working")
def test_it_answers_with_what_was_done(client: CheckedClient) -> None:
    video_id = a_video(media_key="videos/gone/source.mp4")
    answer = client.post(URL)
    assert (answer.status_code, answer.json["status"]) == (200, "completed")
    assert [answer.json[name] for name in COUNTS] == [1, 1, 0, 0]
    assert answer.json["message"] == "1 found: 1 started again, 0 left alone, 0 failed."
    assert answer.json["run_id"] == answer.json["job_id"] == run_row(answer.json["run_id"]).id
    assert [run.tags for run in runs_of(video_id)] == [["recovery"]]


@pytest.mark.usefixtures("working")
def test_it_says_so_when_none_was_stuck(client: CheckedClient) -> None:
    answer = client.post(URL)
    assert (answer.status_code, answer.json["message"]) == (200, "No video was stuck.")


@pytest.mark.usefixtures("impatient")
def test_it_answers_at_once_where_it_takes_longer(client: CheckedClient) -> None:
    a_video()
    answer = client.post(URL)
    assert (answer.status_code, answer.json["status"]) == (202, "running")
    assert [answer.json[name] for name in COUNTS] == [0, 0, 0, 0]
    assert client.get(answer.headers["Location"]).json["status"] == "queued"


@pytest.mark.usefixtures("impatient")
def test_one_that_is_under_way_is_told_of(client: CheckedClient) -> None:
    first, second = client.post(URL), client.post(URL)
    assert (second.status_code, second.json["status"]) == (202, "already_running")
    assert second.json["job_id"] == first.json["job_id"]


def test_one_that_was_stopped_is_no_success(client: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "pause", lambda: operations.cancel(recovery.submit_run().job_id))
    answer = client.post(URL)
    told = answer.status_code, answer.json["status"], answer.json["message"]
    assert told == (200, "failed", "The job was canceled.")


@pytest.mark.usefixtures("working")
def test_who_asked_is_written_down(client: CheckedClient) -> None:
    run_id = client.post(URL).json["run_id"]
    db.session.rollback()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.job_id == run_id)).one()
    run = db.session.scalars(select(ScheduleRun).where(ScheduleRun.job_id == run_id)).one()
    assert (entry.action, entry.target_id) == ("run_schedule", recovery.SCHEDULE)
    assert run_row(run_id).started_by == run.started_by == entry.actor


def test_it_takes_no_get(app: Flask, client: CheckedClient) -> None:
    assert client.get(URL).status_code == 405
