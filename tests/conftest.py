"""What every test may ask for: a real Redis, an app on an empty database, songs, and jobs run in this process."""

import gc
import os
import shutil
import struct
import subprocess
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from redis import Redis
from sqlalchemy import select

import redis_urls
from app import create_app
from config import Settings
from extensions import current_settings, db
from models import Job, Playlist, Song, User
from scripts.supervision.redis_server import find_redis_server
from services.jobs import children, states
from services.jobs.lease import LeaseKeeper
from services.jobs.runner import Runner
from services.jobs.timings import TimingBook
from services.library import playlists, songs, users
from tests import backend
from tests.browsing import chromium
from tests.made_once import compile_routes_once, compile_templates_once, empty_database
from tests.servers.postgres import empty
from tests.servers.s3 import CREDENTIALS
from tests.waiting import wait_until

# A service that is not there: no test may reach the real one, and those that look lyrics up start their own.
NOWHERE = "http://127.0.0.1:9"
TESTS = Path(__file__).parent
# Their tests wait for processes and browsers: begun late, one process would still be at them when all others are done.
LONGEST = ("faults", "story", "ops", "workers")

# How fast a machine is, and what else it does, is not what a property is about.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

# With Python's own 700, 10, 10 a third of the time of most tests went into looking through what is no garbage.
gc.set_threshold(100_000, 50, 50)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest where several processes share the tests; a person who runs them reads them in order."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.path.relative_to(TESTS).parts[0] not in LONGEST)


def pytest_collection_finish() -> None:
    """Modules and tests are there to stay: no search for garbage need look through them."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Halves of characters, which some tests log, cannot be sent from one process of the tests to another."""
    report = yield
    report.sections = [(name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections]
    return report


@pytest.fixture(autouse=True, scope="session")
def _clean_environment() -> None:
    """Settings of whoever runs the tests must not reach them."""
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)


@pytest.fixture(autouse=True, scope="session")
def _compile_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        compile_templates_once(patch, tmp_path_factory.mktemp("templates"))
        compile_routes_once(patch)
        yield


@pytest.fixture(autouse=True)
def _no_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a while after one Redis is not believed, and another test's outage is none of this one."""
    monkeypatch.setattr("store.outages._kept", bytearray(struct.pack("d", float("-inf"))))


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server, started for this run of the tests."""
    folder = tmp_path_factory.mktemp("redis")
    socket = Path("/tmp") / f"backbeat-test-{uuid4().hex}.sock"
    program = find_redis_server(folder).program
    options = ("--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder))
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    url = f"unix://{socket}"
    client = Redis.from_url(url)
    wait_until(lambda: socket.exists() and client.ping(), "Redis answers")
    client.close()
    yield url
    process.terminate()
    process.wait(10)
    socket.unlink(missing_ok=True)


@pytest.fixture(autouse=True, scope="session")
def _servers() -> Iterator[None]:
    """What the tests have started ends with them. Those who are to find a bucket are let in."""
    os.environ.update(CREDENTIALS if backend.BACKEND == "postgres" else {})
    yield
    backend.SERVERS.close()


@pytest.fixture(scope="session")
def browser() -> Browser:
    """A real Chromium."""
    return chromium()


@pytest.fixture
def empty_redis(request: pytest.FixtureRequest) -> str:
    """The address of a Redis with nothing in it."""
    shared = backend.is_shared(request, "socket")
    url: str = backend.SERVERS.watched.url if shared else request.getfixturevalue("redis_server")
    with redis_urls.client(url) as client:
        client.flushall()
    return url


@pytest.fixture(scope="session")
def database_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQLite file of which each test gets a copy."""
    return empty_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """For tests that are about SQLite, or about both databases."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The address of a real PostgreSQL, started for this run of the tests."""
    return backend.SERVERS.postgres_url


@pytest.fixture
def database_url(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    """Where the app's rows are: `pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)` says
    where, and else the backend of the tests does.
    """
    shared = "postgresql" if backend.is_shared(request, "sqlite") else "sqlite"
    if getattr(request, "param", shared) == "sqlite":
        return sqlite_url
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def storage_settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """Where media lie: in the data folder, if nothing is said."""
    return backend.SERVERS.bucket() if backend.is_shared(request, "folder") else {}


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Settings that a test wants to be otherwise; override the fixture."""
    return {}


@pytest.fixture
def app(
    tmp_path: Path,
    empty_redis: str,
    database_template: Path,
    database_url: str,
    storage_settings: dict[str, str],
    settings_overrides: dict[str, Any],
) -> Iterator[Flask]:
    """The app on an empty database and an empty Redis, inside its context."""
    options: dict[str, Any] = {
        "data_dir": tmp_path / "data",
        "database_url": database_url,
        "redis_url": empty_redis,
        "lrclib_url": NOWHERE,
        "retry_base_seconds": 0.0,
        "log_level": "error",
    }
    made = create_app(**(options | storage_settings | settings_overrides))
    with made.app_context():
        _make_tables(database_template)
        yield made
        db.session.remove()
        if db.engine.dialect.name == "postgresql":  # SQLite's file goes with its folder
            empty(db.engine, db.metadata)
        db.engine.dispose()
        made.extensions["backbeat_redis"].close()


def _make_tables(template: Path) -> None:
    if db.engine.dialect.name == "sqlite":
        assert db.engine.url.database
        shutil.copy(template, db.engine.url.database)
    else:
        db.create_all()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def owner(app: Flask) -> User:
    return users.default_owner()


MakeSong = Callable[..., Song]
MakePlaylist = Callable[..., Playlist]


@pytest.fixture
def make_song(owner: User) -> MakeSong:
    """A song of the owner's; what is not said is made up."""
    owner_id = owner.id

    def make(title: str = "", lyrics: str | None = "La la la, all day long", **more: Any) -> Song:
        fields = {"artist": "The Testers"} | more
        return songs.create_song(owner_id, title=title or f"Song {uuid4().hex}", lyrics=lyrics, **fields)

    return make


@pytest.fixture
def make_playlist(owner: User, make_song: MakeSong) -> MakePlaylist:
    """A playlist of the owner's with these songs, or with `size` new ones."""
    owner_id = owner.id

    def make(name: str = "A playlist", songs: list[Song] | None = None, size: int = 3) -> Playlist:
        members = [make_song() for _ in range(size)] if songs is None else songs
        return playlists.create_playlist(owner_id, name, [song.id for song in members])

    return make


@pytest.fixture
def runner(app: Flask) -> Iterator[Runner]:
    """A worker's runner, in this process."""
    tell_parent = children.teller(app)
    keeper = LeaseKeeper(db.engine, lease_seconds=current_settings().lease_seconds, tell_parent=tell_parent)
    keeper.start()
    yield Runner(current_settings(), "test-worker", "localhost:test", keeper, TimingBook())
    keeper.stop()


RunJobs = Callable[[], None]


@pytest.fixture
def run_jobs(runner: Runner) -> RunJobs:
    """Runs all that is queued, children and what they lead to included, until nothing is queued any more."""

    def run() -> None:
        while queued := db.session.execute(
            select(Job.id, Job.attempt, Job.parent_id).where(Job.status == states.QUEUED).limit(1)
        ).one_or_none():
            db.session.rollback()
            if queued.parent_id is None:
                runner.deliver(queued.id, queued.attempt)
            else:
                runner.deliver_children(queued.parent_id)

    return run
