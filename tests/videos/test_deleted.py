"""A video goes with its run, its upload, and all files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clients.storage import Storage
from extensions import current_settings
from services.renders import reads
from services.videos import catalogue, files
from tests.api.client import CheckedClient
from tests.renders.rows import a_render_of
from tests.uploads.conftest import VERSION
from tests.videos.sending import URL, begin, send, send_whole, told

RunJobs = Callable[[], None]


def test_its_files_go(client: CheckedClient, clip: Path, run_jobs: RunJobs) -> None:
    video_id = send_whole(client, clip)
    run_jobs()
    web_url = told(client, video_id)["web_url"]
    answer = client.delete(f"{URL}/{video_id}")
    assert (answer.status_code, answer.json["id"]) == (200, video_id)
    assert files.keys_of(video_id) == []
    assert (client.get(f"{URL}/{video_id}").status_code, client.get(web_url).status_code) == (404, 404)


def test_its_upload_goes(client: CheckedClient) -> None:
    video = begin(client, 1000)
    send(client, video, b"x" * 10)
    client.delete(f"{URL}/{video['id']}")
    assert client.head(video["upload_url"], headers=VERSION).status_code == 404
    assert list(current_settings().uploads_dir.iterdir()) == []


def test_its_run_is_stopped(client: CheckedClient, clip: Path, run_jobs: RunJobs) -> None:
    video_id = send_whole(client, clip)
    job_id = told(client, video_id)["job_id"]
    client.delete(f"{URL}/{video_id}")
    run_jobs()
    assert client.get(f"/api/jobs/{job_id}/status").json["status"] == "canceled"
    assert files.keys_of(video_id) == []


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_run_that_is_at_it_leaves_no_file(
    client: CheckedClient, clip: Path, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    video_id, put, puts = send_whole(client, clip), Storage.put, 0

    def delete_before(storage: Storage, *args: Any, **more: Any) -> None:
        nonlocal puts
        puts += 1
        if puts == number:
            catalogue.delete(video_id)
        put(storage, *args, **more)

    monkeypatch.setattr(Storage, "put", delete_before)
    run_jobs()
    assert puts == number
    assert files.keys_of(video_id) == []


def test_a_render_of_it_stays(client: CheckedClient) -> None:
    video = begin(client, 1000)
    render_id = a_render_of(1, target_type="video", target_id=video["id"])
    client.delete(f"{URL}/{video['id']}")
    assert reads.get_render(render_id).target_id == video["id"]
