"""A statement that takes too long is stopped, unless it belongs to a report."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from blueprints import outages
from extensions import db, unhurried
from services.library import queries
from tests.api.client import CheckedClient

LONGER = text("SELECT pg_sleep(0.3)")


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"database_statement_timeout_seconds": 0.1}


def test_whoever_asked_is_told_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "list_songs", lambda *_, **__: db.session.execute(LONGER))
    answer = CheckedClient(app, app.response_class).get("/api/songs")
    assert answer.status_code == 503
    assert "took too long over this, and was stopped" in answer.json["message"]
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.usefixtures("app")
def test_a_report_takes_its_time() -> None:
    db.session.execute(text("SELECT 1"))  # a transaction that has its limit already
    with unhurried():
        db.session.execute(LONGER)
        db.session.rollback()
        db.session.execute(LONGER)
    db.session.rollback()
    with pytest.raises(OperationalError) as stopped:
        db.session.execute(LONGER)
    assert "too long" in outages.of_database(stopped.value)
