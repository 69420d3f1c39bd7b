"""Liveness and readiness."""

import pytest

from extensions import db
from tests.api.client import CheckedClient
from version import APP_VERSION


def test_it_lives_even_without_a_database(client: CheckedClient) -> None:
    db.drop_all()
    assert client.get("/healthz").json == {"success": True, "status": "alive", "version": APP_VERSION}


def test_it_is_not_ready_without_workers_and_says_why(client: CheckedClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["error"]) == (503, "not_ready")
    assert "workers" in answer.json["details"]
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_it_is_not_ready_without_its_tables(client: CheckedClient) -> None:
    db.drop_all()
    assert client.get("/readyz").status_code == 503
