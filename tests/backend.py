"""What the tests stand on: what one machine has, or with `BACKEND=postgres` what many machines share.

| one machine | many machines | pinned by |
|---|---|---|
| SQLite | PostgreSQL | `pytest.mark.backend("sqlite")` |
| Redis at a socket | Redis behind Sentinel | `pytest.mark.backend("socket")` |
| a folder for media | a bucket | `pytest.mark.backend("folder")` |

A test that is about SQLite, the socket or the folder is pinned to it, and runs on it wherever the others run.
"""

import os
import tempfile
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from tests.servers.postgres import postgres
from tests.servers.s3 import BUCKET, CREDENTIALS, s3_server
from tests.servers.sentinel import Watched, redis_behind_sentinels

Plain = Literal["sqlite", "socket", "folder"]
ALLOWED = ("sqlite", "postgres")
BACKEND = os.environ.get("BACKEND") or ALLOWED[0]
if BACKEND not in ALLOWED:
    raise SystemExit(f"BACKEND={BACKEND!r} cannot be used: it must be {' or '.join(ALLOWED)}.")


def is_shared(request: pytest.FixtureRequest, plain: Plain) -> bool:
    """Whether a test is to stand on what many machines share, in place of `plain`."""
    pinned = {name for mark in request.node.iter_markers("backend") for name in mark.args}
    return BACKEND == "postgres" and plain not in pinned


def pinned(request: pytest.FixtureRequest) -> dict[str, str]:
    """What processes must be told, beside all else, to stand on what a test is pinned to."""
    names: dict[Plain, str] = {"sqlite": "DATABASE_URL", "socket": "REDIS_URL", "folder": "STORAGE_URL"}
    return {variable: "" for plain, variable in names.items() if not is_shared(request, plain)}


class Servers:
    """What one process of the tests has started: each of them once, when it is first asked for."""

    def __init__(self) -> None:
        self._running = ExitStack()

    @cached_property
    def postgres_url(self) -> str:
        return self._running.enter_context(postgres())

    @cached_property
    def s3_url(self) -> str:
        return self._running.enter_context(s3_server(self._folder() / "buckets"))

    @cached_property
    def watched(self) -> Watched:
        """A Redis with a replica and a sentinel, for one test at a time."""
        return self._running.enter_context(redis_behind_sentinels(self._folder()))

    def new_database(self) -> str:
        """The address of an empty database."""
        name = f"test_{uuid4().hex}"
        server: URL = make_url(self.postgres_url)
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        engine.dispose()
        return server.set(database=name).render_as_string(hide_password=False)

    def bucket(self) -> dict[str, str]:
        """Settings of a storage with nothing in it."""
        return {"storage_url": f"s3://{BUCKET}/{uuid4().hex}", "s3_endpoint_url": self.s3_url}

    def environment(self, running: ExitStack) -> dict[str, str]:
        """What processes must be told to share a database, a Redis and a bucket that nobody else uses.

        What is started for them alone ends with `running`.
        """
        if BACKEND != "postgres":
            return {}
        bucket = {name.upper(): value for name, value in self.bucket().items()}
        alone = running.enter_context(redis_behind_sentinels(self._folder()))
        return CREDENTIALS | bucket | {"DATABASE_URL": self.new_database(), "REDIS_URL": alone.url}

    def close(self) -> None:
        self._running.close()

    def _folder(self) -> Path:
        return Path(self._running.enter_context(tempfile.TemporaryDirectory(prefix="backbeat-servers-")))


SERVERS = Servers()
