from typing import Any

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"read_only": True}


@pytest.mark.parametrize("path", ["/api/songs", "/api/queue/low/pause", "/admin/queues/low/pause", "/api/jobs/retry"])
def test_it_changes_nothing(client: FlaskClient, path: str) -> None:
    answer = client.post(path, json={})
    assert answer.status_code == 403
    assert "read only" in answer.text


def test_it_shows_everything(client: FlaskClient) -> None:
    for path in ("/", "/admin/queues", "/admin/jobs", "/api/jobs", "/api/queue/status"):
        assert client.get(path).status_code == 200, path


def test_its_pages_say_so(client: FlaskClient) -> None:
    assert "read only" in client.get("/").text
