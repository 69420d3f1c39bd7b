"""What the tests of the API may ask for beside what every test may."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.api.client import CheckedClient


@pytest.fixture
def client(app: Flask) -> CheckedClient:
    return CheckedClient(app, app.response_class)


Analyze = Callable[..., str]


@pytest.fixture
def analyze(client: CheckedClient, make_song: Callable[..., Any]) -> Analyze:
    """Click Analyze on a song, or on a new one: the job's id."""

    def click(song_id: int | None = None) -> str:
        answer = client.post(f"/api/songs/{song_id or make_song().id}/analyze")
        return str(answer.json["job_id"])

    return click


@pytest.fixture
def failed_job(
    client: CheckedClient, analyze: Analyze, make_song: Callable[..., Any], run_jobs: Callable[[], None]
) -> str:
    """A job that failed since its song was deleted before it ran."""
    song_id = make_song("Gone").id
    job_id = analyze(song_id)
    client.delete(f"/api/songs/{song_id}")
    run_jobs()
    return job_id
