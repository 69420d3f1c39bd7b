"""A store that fails is told of in one sentence that says what to do, and nothing of its insides."""

import errno
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from psycopg import errors as postgres
from sqlalchemy.exc import DatabaseError, OperationalError, PendingRollbackError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from blueprints import outages
from extensions import db
from services.library import queries
from tests.api.client import CheckedClient


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (sqlite3.OperationalError("database or disk is full"), "disk is full"),
        (sqlite3.OperationalError("database is locked"), "is busy"),
        (sqlite3.OperationalError("unable to open database file"), "rights to its folder"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "rights to its folder"),
        (sqlite3.OperationalError("disk I/O error"), "its disk"),
        (sqlite3.OperationalError("no such table: job"), "the right one"),
        (sqlite3.DatabaseError("file is not a database"), "restore a backup"),
        (postgres.DiskFull("could not extend file: No space left on device"), "disk is full"),
        (postgres.TooManyConnections("sorry, too many clients already"), "is busy"),
        (postgres.UndefinedTable('relation "job" does not exist'), "the right one"),
        (postgres.QueryCanceled("canceling statement due to statement timeout"), "too long"),
        (postgres.OperationalError("connection refused"), "cannot be reached"),
    ],
)
def test_it_says_what_is_wrong(error: Exception, words: str) -> None:
    assert words in outages.of_database(OperationalError("SELECT 1", {}, error))


def test_it_says_that_too_many_wait_for_the_database() -> None:
    assert "is busy" in outages.of_database(PoolTimeout("QueuePool limit of size 5 overflow 10 reached"))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DatabaseError("SELECT 1", {}, sqlite3.DatabaseError("database disk image is malformed")), 503),
        (ProgrammingError("SELEC 1", {}, sqlite3.ProgrammingError("syntax error")), 500),
        (PendingRollbackError("Can't reconnect until invalid transaction is rolled back."), 503),
        (OSError(errno.ENOSPC, "No space left on device"), 503),
        (OSError(errno.EISDIR, "Is a directory"), 500),
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/songs"])
def test_what_can_be_mended_from_outside_is_a_503(
    client: CheckedClient, monkeypatch: pytest.MonkeyPatch, path: str, error: Exception, status: int
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(queries, "list_songs", fail)
    answer = client.get(path)
    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert ("Try again</a>" in answer.text) == (status == 503 and path == "/")
    assert str(error) not in answer.text


@pytest.mark.backend("sqlite")
def test_a_database_file_that_is_none_is_a_503_from_the_first_connection_on(
    client: CheckedClient, tmp_path: Path
) -> None:
    db.session.remove()
    db.engine.dispose()
    for file in tmp_path.glob("test.db*"):
        file.write_bytes(b"This is no database. " * 1000)
    answer = client.get("/api/songs")
    assert (answer.status_code, answer.json["error"]) == (503, "unavailable")
    assert "restore a backup" in answer.json["message"]
