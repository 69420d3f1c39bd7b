"""What every test may ask for: a real Redis, an app on an empty database, songs, and jobs run in this process."""

import os
import shutil
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
from sqlalchemy import select, text

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
from tests.browsing import chromium
from tests.made_once import compile_routes_once, compile_templates_once, empty_database
from tests.servers.postgres import postgres
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest where several processes share the tests; a person who runs them reads them in order."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.path.relative_to(TESTS).parts[0] not in LONGEST)


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


@pytest.fixture(scope="session")
def browser() -> Browser:
    """A real Chromium."""
    return chromium()


@pytest.fixture
def empty_redis(redis_server: str) -> str:
    client = Redis.from_url(redis_server)
    client.flushall()
    client.close()
    return redis_server


@pytest.fixture(scope="session")
def database_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQLite file of which each test gets a copy."""
    return empty_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a real PostgreSQL, started for this run of the tests."""
    with postgres() as url:
        yield url


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Settings that a test wants to be otherwise; override the fixture."""
    return {}


@pytest.fixture
def app(
    tmp_path: Path, empty_redis: str, database_template: Path, database_url: str, settings_overrides: dict[str, Any]
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
    made = create_app(**(options | settings_overrides))
    with made.app_context():
        _make_tables(database_template)
        yield made
        db.session.remove()
        _empty_tables()
        db.engine.dispose()
        made.extensions["backbeat_redis"].close()


def _make_tables(template: Path) -> None:
    if db.engine.dialect.name == "sqlite":
        assert db.engine.url.database
        shutil.copy(template, db.engine.url.database)
    else:
        db.create_all()


def _empty_tables() -> None:
    """For the next test on the same server, in a fraction of the time that dropping them and making them anew takes."""
    if db.engine.dialect.name == "sqlite":  # whose file goes with its folder
        return
    names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
    with db.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


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
