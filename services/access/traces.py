"""When somebody was last here: worth a write now and then, and never worth a wait."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Connection, Update
from sqlalchemy.exc import SQLAlchemyError

from extensions import db

log = structlog.get_logger(__name__)

EVERY_SECONDS = 60.0
PATIENCE_MS = 100


def leave(statement: Update) -> None:
    """Run it on a connection of its own; where the database is locked or away, a log line is all that comes of it."""
    db.session.rollback()  # gives back the connection of what was read before
    try:
        with db.engine.connect() as connection, _impatience(connection):
            connection.execute(statement)
            connection.commit()
    except SQLAlchemyError as e:
        log.warning("trace_not_left", error=type(e).__name__)


@contextmanager
def _impatience(connection: Connection) -> Iterator[None]:
    """Wait for a lock for `PATIENCE_MS` at most."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
        yield
        return
    usual_ms = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE_MS}")
    try:
        yield
    finally:
        connection.rollback()
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {usual_ms}")
