"""A video whose files lie in a bucket, on a real S3 server."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.videos import catalogue, runs, states
from tests.api.client import CheckedClient
from tests.servers.s3 import BUCKET, CREDENTIALS, s3_server
from tests.videos.sending import send_whole, told

FILES = ["poster.jpg", "preview.mp4", "source.mp4", "web.mp4"]


@pytest.fixture
def settings_overrides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with s3_server(tmp_path / "s3") as url:
        yield {"storage_url": f"s3://{BUCKET}", "s3_endpoint_url": url}


def test_it_is_processed_processed_again_and_goes_whole(
    client: CheckedClient, clip: Path, run_jobs: Callable[[], None], tmp_path: Path
) -> None:
    video_id = send_whole(client, clip)
    run_jobs()
    runs.start(video_id, by="test")
    run_jobs()
    folder = tmp_path / "s3" / BUCKET / "videos" / video_id
    assert told(client, video_id)["status"] == states.READY
    assert sorted(path.name for path in folder.iterdir()) == FILES
    catalogue.delete(video_id)
    assert [path for path in folder.parent.rglob("*") if path.is_file()] == []
