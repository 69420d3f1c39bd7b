"""The database's schema: brought up to date by one process at a time, and left alone if a later release was there."""

import fcntl
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_fixed

from extensions import db

log = structlog.get_logger(__name__)

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
REVISIONS = re.compile(r"^revision = ['\"](\w+)['\"]$\n^down_revision = (?:['\"](\w+)['\"]|None)$", re.MULTILINE)
# PostgreSQL's advisory locks are numbers that a database's users agree upon: "backbeat" in ASCII.
ADVISORY_LOCK = int.from_bytes(b"backbeat")
# A migration that waits for a table keeps everybody behind it waiting too, so it gives up soon, and comes again.
LOCK_ATTEMPTS, LOCK_PAUSE_SECONDS = 10, 3.0


@contextmanager
def one_at_a_time(engine: Engine, lock_file: Path) -> Iterator[None]:
    """Others that start wait: those of this folder for the file, those of other hosts for the database's own lock."""
    with lock_file.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if engine.dialect.name == "sqlite":
            yield
        else:
            with _advisory_lock(engine):
                yield


@contextmanager
def _advisory_lock(engine: Engine) -> Iterator[None]:
    """Held by a connection of its own, with whose end it is free, however that comes about."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        for limit in ("lock_timeout", "statement_timeout"):  # others may have much to migrate
            connection.execute(text(f"SET {limit} = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
        yield


def bring_up_to_date() -> None:
    """Run the migrations that are missing. What a later release has made of the schema is left as it is.

    :raise OperationalError: if the tables could not be had for themselves, however often it was tried.
    """
    with db.engine.connect() as connection:
        there = _heads(connection)
    built_on = known_revisions()
    if there == newest(built_on):
        return
    if later := [head for head in there if head not in built_on]:
        log.warning("schema_is_of_a_later_release", revisions=later)
        return
    _upgrade()


def _upgrade() -> None:
    from flask_migrate import upgrade  # with Alembic, which takes longer to import than a start without it

    for attempt in Retrying(
        retry=retry_if_exception(_waited_too_long),
        stop=stop_after_attempt(LOCK_ATTEMPTS),
        wait=wait_fixed(LOCK_PAUSE_SECONDS),
        reraise=True,
    ):
        with attempt:
            upgrade(str(MIGRATIONS))


def known_revisions() -> dict[str, str | None]:
    """What each migration of this release builds on."""
    texts = (path.read_text() for path in (MIGRATIONS / "versions").glob("*.py"))
    return {match[1]: match[2] for match in map(REVISIONS.search, texts) if match}


def newest(built_on: Mapping[str, str | None]) -> list[str]:
    """That which no other builds on."""
    return sorted(built_on.keys() - built_on.values())


def _heads(connection: Connection) -> list[str]:
    if not inspect(connection).has_table("alembic_version"):
        return []
    return list(connection.scalars(text("SELECT version_num FROM alembic_version ORDER BY version_num")))


def _waited_too_long(error: BaseException) -> bool:
    return isinstance(error, OperationalError) and "lock timeout" in str(error.orig)
