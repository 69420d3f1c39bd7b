"""An upload that is whole, but whose web process was killed before it could say so, is picked up by the janitor."""

from collections.abc import Callable
from pathlib import Path

import pytest

from extensions import transaction
from models import Upload, Video
from services import resumable, upload_pruning
from services.videos import files, runs, states
from tests.api.client import CheckedClient
from tests.videos.sending import begin, send, send_whole, told

RunJobs = Callable[[], None]


@pytest.fixture
def whole(client: CheckedClient, clip: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a video of which all bytes are here, and nobody has been told."""
    video = begin(client, clip.stat().st_size)
    resumable.path_of(video["upload_url"].rpartition("/")[2]).write_bytes(clip.read_bytes())
    monkeypatch.setattr(upload_pruning, "LOCK_SECONDS", -1.0)
    return str(video["id"])


def test_its_run_is_promised(client: CheckedClient, whole: str) -> None:
    upload_pruning.prune()
    row = told(client, whole)
    assert (row["status"], row["job_id"] is not None) == (states.PENDING, True)


def test_it_is_processed_once(client: CheckedClient, whole: str, run_jobs: RunJobs) -> None:
    upload_pruning.prune()
    upload_pruning.prune()
    run_jobs()
    assert told(client, whole)["status"] == states.READY
    assert len(client.get("/api/jobs?type=process_video").json["jobs"]) == 1


def test_a_run_that_comes_before_the_hand_over_takes_it(client: CheckedClient, whole: str, run_jobs: RunJobs) -> None:
    runs.start(whole, by="recovery", only_if=runs.StillStuck(-1.0, 0.0))
    run_jobs()
    upload_pruning.prune()
    assert told(client, whole)["status"] == states.READY
    assert len(client.get("/api/jobs?type=process_video").json["jobs"]) == 1


def test_a_last_piece_beside_a_run_makes_no_second_one(client: CheckedClient, clip: Path, run_jobs: RunJobs) -> None:
    data = clip.read_bytes()
    video = begin(client, len(data))
    send(client, video, data[:1000])
    run = runs.start(video["id"], by="recovery", only_if=runs.StillStuck(-1.0, 0.0))
    send(client, video, data[1000:], 1000)
    assert told(client, video["id"])["job_id"] == run.job_id
    run_jobs()
    assert told(client, video["id"])["status"] == states.READY
    assert len(client.get("/api/jobs?type=process_video").json["jobs"]) == 1


def test_what_was_sent_is_kept_for_as_long_as_a_video_needs_it(client: CheckedClient, clip: Path) -> None:
    upload_id = _left_alone(send_whole(client, clip))
    upload_pruning.prune()
    assert files.sent_file(upload_id).exists()


def test_what_was_sent_is_forgotten_once_a_video_has_failed_for_days(client: CheckedClient, clip: Path) -> None:
    video_id = send_whole(client, clip)
    upload_id = _left_alone(video_id)
    with transaction() as session:
        session.get_one(Video, video_id).status = states.FAILED
        session.get_one(Video, video_id).updated_at -= resumable.KEPT_SECONDS + 1
    upload_pruning.prune()
    assert not files.sent_file(upload_id).exists()


def test_an_upload_that_was_left_alone_for_days_fails_its_video(client: CheckedClient) -> None:
    video = begin(client, 1000)
    _left_alone(video["id"])
    upload_pruning.prune()
    row = told(client, video["id"])
    assert (row["status"], row["problem"]) == (states.FAILED, "upload_given_up")


def test_one_that_had_failed_before_is_no_longer_to_be_gone_on_with(client: CheckedClient, run_jobs: RunJobs) -> None:
    video = begin(client, 1000)
    runs.start(video["id"], by="recovery", only_if=runs.StillStuck(-1.0, 0.0))
    run_jobs()
    assert told(client, video["id"])["problem"] == "upload_incomplete"
    _left_alone(video["id"])
    upload_pruning.prune()
    row = told(client, video["id"])
    assert (row["status"], row["problem"]) == (states.FAILED, "upload_given_up")
    assert "Go on with it" not in row["problem_text"]


def _left_alone(video_id: str) -> str:
    """The id of a video's upload, to which nothing has come for days."""
    with transaction() as session:
        upload_id = session.get_one(Video, video_id).upload_id or ""
        session.get_one(Upload, upload_id).updated_at -= resumable.KEPT_SECONDS + 1
    return upload_id
