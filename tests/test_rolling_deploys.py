"""Two releases side by side: the older one goes on with a schema that the newer one has made."""

from collections.abc import Iterator
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from extensions import db
from services import schema, startup

LATER = "9999"


@pytest.fixture
def later_schema(app: Flask) -> Iterator[None]:
    """What this release knows, and what a later one has added to it."""
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:later)"), {"later": LATER})
        connection.execute(text("ALTER TABLE song ADD COLUMN mood_board VARCHAR(40)"))
    yield
    db.session.remove()  # whose transaction may still look at the table
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE song DROP COLUMN mood_board"))
        connection.execute(text("DROP TABLE alembic_version"))


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"sample_library": False}


both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@both
@pytest.mark.usefixtures("later_schema")
def test_it_starts_and_leaves_the_schema_alone() -> None:
    startup.prepare()
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == LATER


@both
@pytest.mark.usefixtures("later_schema")
def test_it_serves_on(client: FlaskClient) -> None:
    made = client.post("/api/songs", json={"title": "Older and newer", "lyrics": "La la"})
    assert made.status_code == 201
    song = f"/api/songs/{made.get_json()['id']}"
    assert client.post(f"{song}/analyze").status_code == 202
    assert client.get(song).get_json()["title"] == "Older and newer"


def test_a_migration_that_cannot_have_a_table_tries_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    def busy_at_first(folder: str) -> None:
        tries.append(folder)
        if len(tries) < 3:
            raise OperationalError("ALTER TABLE", {}, Exception("canceling statement due to lock timeout"))

    monkeypatch.setattr(schema, "LOCK_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(flask_migrate, "upgrade", busy_at_first)
    schema.bring_up_to_date()
    assert len(tries) == 3
