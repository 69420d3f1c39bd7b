"""Migrations make the schema that the models describe, and keep what is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, insert, select, text

from app import create_app
from extensions import db, transaction
from models import Job, JobEvent, Playlist, Song
from services import schema, startup
from services.jobs.submit import new_row, submit
from services.library import songs, users


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app whose database has nothing in it, not even tables."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    app = create_app(data_dir=tmp_path / "data", database_url=url, log_level="error")
    with app.app_context():
        db.drop_all()
        yield app
        db.session.remove()
        db.drop_all()
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        db.engine.dispose()


def test_they_make_what_the_models_describe(empty_app: Flask) -> None:
    upgrade(str(schema.MIGRATIONS))
    with db.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), db.metadata)
    assert differences == []


def test_the_first_start_fills_the_library_and_later_ones_keep_it(empty_app: Flask) -> None:
    startup.prepare()
    assert (db.session.scalar(select(func.count(Song.id))) or 0) >= 40
    assert db.session.scalar(select(func.count(Playlist.id))) == 4
    songs.delete_song(db.session.scalars(select(Song.id).limit(1)).one())
    kept = db.session.scalar(select(func.count(Song.id)))
    startup.prepare()
    assert db.session.scalar(select(func.count(Song.id))) == kept


def test_an_emptied_library_stays_empty(empty_app: Flask) -> None:
    startup.prepare()
    for song_id in list(db.session.scalars(select(Song.id))):
        songs.delete_song(song_id)
    startup.prepare()
    assert db.session.scalar(select(func.count(Song.id))) == 0
    assert users.default_owner().name == "My library"


def test_going_back_and_forth_keeps_the_rows(empty_app: Flask) -> None:
    upgrade(str(schema.MIGRATIONS))
    parent = submit("analyze_playlist").job_id
    with transaction() as session:
        session.execute(
            insert(Job).values(new_row("child", {"type": "analyze_song", "queue": "low", "parent_id": parent}))
        )
    db.session.remove()
    downgrade(str(schema.MIGRATIONS), "0001")
    upgrade(str(schema.MIGRATIONS))
    assert db.session.scalar(select(func.count()).select_from(Job)) == 2
    assert db.session.scalar(select(func.count()).select_from(JobEvent)) == 1
