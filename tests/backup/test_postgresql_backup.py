"""A backup of a real PostgreSQL, with jobs that wait and run, put back into another database: they end there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from app import create_app
from config import Settings, prepare_data_dir, read_settings
from extensions import current_settings, db, db_now, redis, transaction
from models import Analysis, Job, Song
from services.analysing import submit_song
from services.backup.databases import database_of
from services.backup.errors import BackupError
from services.backup.making import make
from services.backup.restoring import restore
from services.jobs import children, claims, states
from services.jobs.claims import Claimant
from services.jobs.janitor import Janitor
from services.jobs.lease import LeaseKeeper
from services.jobs.runner import Runner
from services.jobs.timings import TimingBook
from tests import backend
from tests.conftest import NOWHERE, MakeSong

SONGS = 3


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def backup(app: Flask, make_song: MakeSong, tmp_path: Path) -> Path:
    """Of a Backbeat in which one job runs and the others wait."""
    jobs = [submit_song(make_song().id).job_id for _ in range(SONGS)]
    with transaction() as session:
        assert claims.claim(session, jobs[0], 1, Claimant("a", "a", 45))
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        session.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    make(current_settings(), tmp_path / "backup.tar", with_media=False)
    with transaction() as session:
        session.execute(text("DROP TABLE alembic_version"))
    return tmp_path / "backup.tar"


@pytest.fixture
def elsewhere(tmp_path: Path, empty_redis: str) -> Settings:
    """The settings of another Backbeat, whose database has nothing in it."""
    url = backend.SERVERS.new_database()
    settings = read_settings({}, data_dir=tmp_path / "elsewhere", database_url=url, redis_url=empty_redis)
    prepare_data_dir(settings)
    return settings


@pytest.fixture
def restored(backup: Path, elsewhere: Settings) -> Iterator[Flask]:
    """That other Backbeat, a lease later, with an empty Redis."""
    restore(elsewhere, backup)
    redis.client.flushall()
    given = {name: getattr(elsewhere, name) for name in ("data_dir", "database_url", "redis_url")}
    other = create_app(lrclib_url=NOWHERE, log_level="error", retry_base_seconds=0.0, **given)
    with other.app_context():
        with transaction() as session:
            session.execute(update(Job).where(Job.status == states.STARTED).values(lease_until=db_now() - 1))
        yield other
        db.session.remove()
        db.engine.dispose()
        other.extensions["backbeat_redis"].close()


def run_all(app: Flask) -> None:
    """What a janitor and a worker would do."""
    settings = current_settings()
    keeper = LeaseKeeper(db.engine, lease_seconds=settings.lease_seconds, tell_parent=children.teller(app))
    keeper.start()
    runner = Runner(settings, "test-worker", "localhost:test", keeper, TimingBook())
    for job_id, attempt in db.session.execute(select(Job.id, Job.attempt)).all():
        db.session.rollback()
        runner.deliver(job_id, attempt)
    keeper.stop()


def test_all_of_it_ends_there(restored: Flask) -> None:
    Janitor(current_settings()).sweep()
    run_all(restored)
    assert db.session.scalars(select(Job.status)).all() == [states.FINISHED] * SONGS
    assert db.session.scalar(select(func.count()).select_from(Song)) == SONGS
    assert db.session.scalar(select(func.count(func.distinct(Analysis.song_id)))) == SONGS


def test_it_is_not_mixed_with_another_library(backup: Path, elsewhere: Settings) -> None:
    restore(elsewhere, backup)
    with pytest.raises(BackupError, match="not empty"):
        restore(elsewhere, backup)


def test_what_pg_restore_refuses_leaves_the_database_empty(backup: Path, elsewhere: Settings) -> None:
    content = backup.read_bytes()
    backup.write_bytes(content.replace(b"CREATE TABLE public.song ", b"CREATE TABEL public.song ", 1))
    assert backup.read_bytes() != content
    with pytest.raises(BackupError, match="pg_restore failed"):
        restore(elsewhere, backup)
    assert database_of(elsewhere).is_empty()
