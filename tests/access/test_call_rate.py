"""No key or person calls the API without end."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from blueprints.access.rates import is_counted
from models import User
from services.access import keys
from services.jobs.submit import submit

ALLOWED = 3


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"api_calls_per_minute": ALLOWED}


@pytest.fixture
def key(ada: User) -> dict[str, str]:
    return _key(ada, "first")


def _key(of: User, name: str) -> dict[str, str]:
    return {"x-api-key": keys.create(of.id, name, "viewer", actor="test")[1]}


def _codes(client: FlaskClient, headers: dict[str, str], calls: int, path: str = "/api/jobs") -> list[int]:
    return [client.get(path, headers=headers).status_code for _ in range(calls)]


def test_it_refuses_what_is_too_much_and_says_when_to_come_back(client: FlaskClient, key: dict[str, str]) -> None:
    assert _codes(client, key, ALLOWED + 1) == [200, 200, 200, 429]
    refused = client.get("/api/jobs", headers=key)
    assert refused.json is not None
    assert refused.json["error"] == "too_many_requests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_it_counts_each_key_by_itself(client: FlaskClient, key: dict[str, str], ada: User) -> None:
    other = _key(ada, "second")
    _codes(client, key, ALLOWED + 1)
    assert _codes(client, other, 1) == [200]


def test_polls_are_not_counted(client: FlaskClient, key: dict[str, str], ada: User) -> None:
    job_id = submit("analyze_song", owner_id=ada.id).job_id
    assert set(_codes(client, key, ALLOWED + 2, f"/api/progress/{job_id}")) == {200}


def test_nobody_is_held_back_while_it_is_open(app: Flask) -> None:
    assert set(_codes(app.test_client(), {}, ALLOWED + 2)) == {200}


@pytest.mark.parametrize(
    ("method", "path", "counted"),
    [
        ("GET", "/api/jobs", True),
        ("POST", "/async/episodes/a/process", True),
        ("GET", "/async/jobs", True),
        ("GET", "/async/jobs/", True),
        ("GET", "/async/jobs/01J", False),
        ("DELETE", "/async/jobs/01J", True),
        ("GET", "/api/progress", False),
        ("GET", "/api/progress/01J", False),
        ("POST", "/api/progress/cleanup", True),
        ("POST", "/api/uploads", True),
        ("PATCH", "/api/uploads/1", False),
        ("HEAD", "/api/uploads/1", False),
        ("DELETE", "/api/uploads/1", True),
        ("GET", "/healthz", False),
        ("GET", "/metrics", False),
        ("GET", "/admin/jobs", False),
    ],
)
def test_it_knows_what_counts(method: str, path: str, counted: bool) -> None:
    assert is_counted(method, path) is counted
