"""The Flask extensions, and how a transaction is begun in each database."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from redis import Redis
from sqlalchemy import Double, Engine, MetaData, ScalarSelect, event, select
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.exc import TimeoutError as TooManyWait
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.functions import FunctionElement

from breaker import BreakerPool
from config import Settings


class Base(DeclarativeBase):
    """Base of all models. Constraints have names, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


# What is raised where the database cannot be reached, or has no connection to spare.
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate(render_as_batch=True)
bootstrap = Bootstrap5()


class db_now(FunctionElement[float]):  # noqa: N801 - reads as the SQL function that it is
    """The database's own clock, in seconds since the epoch, at the moment the statement runs."""

    name = "db_now"
    type = Double()
    inherit_cache = True


@compiles(db_now, "sqlite")
def _sqlite_now(*_: Any, **__: Any) -> str:
    # Not unixepoch('subsec'): before SQLite 3.42 that is NULL, and a NULL lease never expires.
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(db_now, "postgresql")
def _postgresql_now(*_: Any, **__: Any) -> str:
    # Not now(): that is the start of the transaction.
    return "extract(epoch from clock_timestamp())::double precision"


def seekable_now() -> ScalarSelect[float]:
    """`db_now()` read once for a whole statement: PostgreSQL seeks no index for a clock that goes on while it looks."""
    return select(db_now()).scalar_subquery()


# So many threads of a process may wait for the database's lock, and others so long for their turn: whoever only wants
# to read must find a thread.
_turns = threading.BoundedSemaphore(2)
TURN_SECONDS = 2.0


@contextmanager
def _turn_to_begin() -> Iterator[None]:
    if not _turns.acquire(timeout=TURN_SECONDS):
        raise TooManyWait("Other threads wait for the database's lock already.")
    try:
        yield
    finally:
        _turns.release()


@contextmanager
def transaction() -> Iterator[Session]:
    """A write transaction: all of it is committed at the end, or none of it.

    What an earlier read left open is closed first. On SQLite the write lock is taken at once (BEGIN IMMEDIATE):
    a transaction that reads first and asks for the lock later fails instead of waiting.

    :raise SQLAlchemyError: if the database cannot be had, or too many wait for it already.
    """
    session = db.session()
    session.rollback()
    with _turn_to_begin():
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


POSTGRESQL_CONNECT_SECONDS = 5
POSTGRESQL_UNHEARD_SECONDS = 10  # what was sent must have arrived by then
POSTGRESQL_LOCK_SECONDS = 5  # for a row that somebody else holds
# In mid-transaction: what a machine that is lost had locked is free before a lease runs out.
POSTGRESQL_STANDS_STILL_SECONDS = 30
KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}  # seconds, seconds, times
SQLITE_PRAGMAS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA foreign_keys = ON")


def prepare_engine(engine: Engine, *, busy_timeout_seconds: float = 5.0) -> None:
    """Give a SQLite engine write-ahead logging, foreign keys, patience, and explicit transactions; PostgreSQL's an end
    to its patience.
    """
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, busy_timeout_seconds)
    else:
        event.listen(engine, "do_connect", _wait_not_for_ever)
        event.listen(engine, "handle_error", _as_an_outage)


def _wait_not_for_ever(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
    """libpq alone waits for as long as the network does, and the server for whoever holds a lock, though they be gone.

    What the database's address says itself goes before.
    """
    patience = {"connect_timeout": POSTGRESQL_CONNECT_SECONDS, "tcp_user_timeout": POSTGRESQL_UNHEARD_SECONDS * 1000}
    for name, value in (patience | KEEPALIVES).items():
        options.setdefault(name, value)
    options["options"] = f"{_session_settings()} {options.get('options', '')}".strip()


def _session_settings() -> str:
    """What the server is told for one session, as libpq's `options`."""
    settings: dict[str, int | str] = {
        "lock_timeout": f"{POSTGRESQL_LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{POSTGRESQL_STANDS_STILL_SECONDS}s",
        **{f"tcp_{name}": value for name, value in KEEPALIVES.items()},
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _as_an_outage(context: ExceptionContext) -> OperationalError | None:
    """A connection that the server has closed is an outage, which may pass; psycopg calls it an internal error."""
    error, said = context.sqlalchemy_exception, context.original_exception
    if not context.is_disconnect or not isinstance(error, DBAPIError) or isinstance(error, OperationalError):
        return None
    return OperationalError(
        error.statement, error.params, said, hide_parameters=error.hide_parameters, connection_invalidated=True
    )


def _prepare_sqlite(engine: Engine, busy_timeout_seconds: float) -> None:
    busy_timeout = f"PRAGMA busy_timeout = {int(busy_timeout_seconds * 1000)}"

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        for statement in (busy_timeout, *SQLITE_PRAGMAS):
            try:
                connection.execute(statement)
            except sqlite3.Error as e:  # SQLAlchemy does not make its own error of what fails here
                raise OperationalError(statement, None, e) from e

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "")
        connection.exec_driver_sql(f"BEGIN {mode}")


class RedisExtension:
    """One Redis client for each process, that gives up quickly: Redis is never worth a thread for seconds."""

    # Whoever is the first to find Redis gone waits for one of these, not for both.
    CONNECT_SECONDS = 0.25
    READ_SECONDS = 0.25

    def init_app(self, app: Flask, url: str) -> None:
        pool = BreakerPool.from_url(url, socket_connect_timeout=self.CONNECT_SECONDS, socket_timeout=self.READ_SECONDS)
        app.extensions["backbeat_redis"] = Redis(connection_pool=pool)

    @property
    def client(self) -> Redis:
        client: Redis = current_app.extensions["backbeat_redis"]
        return client


redis = RedisExtension()


def current_settings() -> Settings:
    """The settings that the current app was made with."""
    settings: Settings = current_app.extensions["backbeat_settings"]
    return settings
