"""A person has a video processed again."""

from collections.abc import Callable
from pathlib import Path

from services.videos import files, states
from tests.api.client import CheckedClient
from tests.videos.sending import URL, begin, send_whole, told

RunJobs = Callable[[], None]


def test_while_its_run_is_live_that_one_is_told(client: CheckedClient, clip: Path) -> None:
    video_id = send_whole(client, clip)
    job_id = told(client, video_id)["job_id"]
    answer = client.post(f"{URL}/{video_id}/process")
    assert (answer.status_code, answer.json["job_id"], answer.json["already_running"]) == (202, job_id, True)
    assert answer.headers["Location"] == f"/api/jobs/{job_id}/status"


def test_one_that_is_ready_is_made_again_and_can_be_played_meanwhile(
    client: CheckedClient, clip: Path, run_jobs: RunJobs
) -> None:
    video_id = send_whole(client, clip)
    run_jobs()
    before, names = told(client, video_id), files.keys_of(video_id)
    assert client.post(f"{URL}/{video_id}/process").json["already_running"] is False
    row = told(client, video_id)
    assert (row["status"], client.get(row["web_url"]).status_code) == (states.PENDING, 200)
    run_jobs()
    row = told(client, video_id)
    assert (row["status"], row["processed_at"] > before["processed_at"]) == (states.READY, True)
    assert files.keys_of(video_id) == names


def test_one_whose_file_is_on_its_way_is_refused(client: CheckedClient) -> None:
    answer = client.post(f"{URL}/{begin(client, 1000)['id']}/process")
    assert (answer.status_code, answer.json["error"]) == (409, "upload_in_progress")
