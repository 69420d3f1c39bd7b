"""What may pass by itself is tried again by the engine, then by recovery, and in the end left to a person."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clients.storage import Storage, StorageAway
from extensions import transaction
from models import Video
from services.jobs import operations
from services.videos import runs, states
from tests.api.client import CheckedClient
from tests.videos.sending import send_whole, told

RunJobs = Callable[[], None]


def _away(*_: Any, **__: Any) -> None:
    raise StorageAway("The storage of the media does not answer just now, or refuses.")


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_it_waits_for_its_recovery(
    client: CheckedClient, clip: Path, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    video_id = send_whole(client, clip)
    with monkeypatch.context() as patch:
        patch.setattr(Storage, "put", _away)
        run_jobs()
    row = told(client, video_id)
    assert (row["status"], row["problem"], row["failures"]) == (states.PENDING, "storage_away", 1)
    assert row["recover_at"] > row["updated_at"]
    runs.start(video_id, by="test")
    run_jobs()
    row = told(client, video_id)
    assert (row["status"], row["problem"], row["failures"]) == (states.READY, None, 0)


def test_it_is_left_to_a_person_after_five_runs(
    client: CheckedClient, clip: Path, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    video_id = send_whole(client, clip)
    monkeypatch.setattr(Storage, "put", _away)
    statuses = []
    for _ in range(5):
        run_jobs()
        statuses.append(told(client, video_id)["status"])
        with transaction() as session:
            session.get_one(Video, video_id).recover_at = None
        if statuses[-1] == states.PENDING:
            runs.start(video_id, by="test", only_if=runs.StillStuck(-1.0, -1.0))
    assert statuses == [states.PENDING] * 4 + [states.FAILED]
    assert told(client, video_id)["problem_text"].startswith("The storage of the media does not answer")


def test_a_person_who_starts_it_again_gives_it_five_more_runs(
    client: CheckedClient, clip: Path, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    video_id = send_whole(client, clip)
    monkeypatch.setattr(Storage, "put", _away)
    run_jobs()
    runs.start(video_id, by="test")
    run_jobs()
    assert told(client, video_id)["failures"] == 1


def test_one_that_a_person_stops_is_not_started_again_by_itself(client: CheckedClient, clip: Path) -> None:
    video_id = send_whole(client, clip)
    operations.cancel(told(client, video_id)["job_id"])
    row = told(client, video_id)
    assert (row["status"], row["problem"], row["job_id"]) == (states.FAILED, "stopped", None)


def test_one_that_was_stopped_is_processed_when_a_person_says_so(
    client: CheckedClient, clip: Path, run_jobs: RunJobs
) -> None:
    video_id = send_whole(client, clip)
    operations.cancel(told(client, video_id)["job_id"])
    answer = client.post(f"/api/videos/{video_id}/process")
    assert (answer.status_code, answer.json["already_running"]) == (202, False)
    run_jobs()
    assert told(client, video_id)["status"] == states.READY


def test_a_job_that_an_operator_retries_processes_it(client: CheckedClient, clip: Path, run_jobs: RunJobs) -> None:
    video_id = send_whole(client, clip)
    job_id = told(client, video_id)["job_id"]
    operations.cancel(job_id)
    operations.retry(job_id)
    run_jobs()
    row = told(client, video_id)
    assert (row["status"], row["problem"]) == (states.READY, None)
