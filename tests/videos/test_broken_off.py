"""A run that is broken off anywhere is made again by the next attempt, and leaves what one run leaves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clients.storage import Storage
from extensions import current_settings
from services.jobs.work import HandBack
from services.media.scratch import FOLDER
from services.videos import files, states
from tests.api.client import CheckedClient
from tests.videos.sending import send_whole, told

FILES = ["poster.jpg", "preview.mp4", "source.mp4", "web.mp4"]


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_it_is_made_again(
    client: CheckedClient,
    clip: Path,
    run_jobs: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    place: str,
) -> None:
    video_id, put, puts = send_whole(client, clip), Storage.put, 0

    def break_off(storage: Storage, *args: Any, **more: Any) -> None:
        nonlocal puts
        puts += 1
        if puts == number and place == "before":
            raise HandBack("The worker is to stop.")
        put(storage, *args, **more)
        if puts == number:
            raise HandBack("The worker is to stop.")

    monkeypatch.setattr(Storage, "put", break_off)
    run_jobs()
    row = told(client, video_id)
    assert (row["status"], row["failures"]) == (states.READY, 0)
    assert puts > number
    assert files.keys_of(video_id) == [files.key_of(video_id, name) for name in FILES]
    assert client.get(row["source_url"]).data == clip.read_bytes()
    assert list(current_settings().uploads_dir.iterdir()) == []
    assert list((current_settings().data_dir / FOLDER).iterdir()) == []
