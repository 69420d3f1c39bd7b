"""A video whose file comes with one request."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from extensions import current_settings
from services.videos import states
from tests.api.client import CheckedClient
from tests.videos.sending import URL, told


def send_form(client: CheckedClient, data: bytes, **more: Any) -> Any:
    return client.post(URL, data={"file": (BytesIO(data), "harbour.mp4"), **more})


def test_it_waits_for_its_run_at_once(client: CheckedClient, clip: Path) -> None:
    answer = send_form(client, clip.read_bytes(), name="By form", tenant_id="t-1")
    assert (answer.status_code, answer.json["status"], answer.json["name"]) == (202, states.PENDING, "By form")
    assert answer.json["job_id"] is not None
    assert answer.headers["Location"] == f"{URL}/{answer.json['id']}"


def test_it_is_processed(client: CheckedClient, clip: Path, run_jobs: Callable[[], None]) -> None:
    video_id = send_form(client, clip.read_bytes()).json["id"]
    run_jobs()
    assert told(client, video_id)["status"] == states.READY


def test_what_was_sent_goes_once_it_is_stored(client: CheckedClient, clip: Path, run_jobs: Callable[[], None]) -> None:
    send_form(client, clip.read_bytes())
    run_jobs()
    assert list(current_settings().uploads_dir.iterdir()) == []


def test_without_a_file_there_is_no_video(client: CheckedClient) -> None:
    answer = client.post(URL, data={"file": (BytesIO(b""), "")})
    assert (answer.status_code, list(answer.json["details"])) == (422, ["file"])
    assert client.get(URL).json["videos"] == []
