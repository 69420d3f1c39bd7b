"""The Flask extensions, and how a transaction is begun in each database."""

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, partial
from typing import Any

from flask import Flask, current_app
from flask_bootstrap import Bootstrap5
from flask_sqlalchemy import SQLAlchemy
from redis import Redis
from sqlalchemy import Double, Engine, MetaData, ScalarSelect, event, make_url, select
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.exc import TimeoutError as TooManyWait
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.functions import FunctionElement

import clock
import redis_urls
from breaker import BreakerPool
from config import DEFAULT_STATEMENT_TIMEOUT_SECONDS, Settings
from silences import Silences


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
bootstrap = Bootstrap5()


class Migrations:
    """What Flask-Migrate and `flask db` look for in an app; they are imported, with Alembic, where they are used."""

    db = db
    directory = "migrations"

    def init_app(self, app: Flask) -> None:
        app.extensions["migrate"] = self

    @cached_property
    def migrate(self) -> Any:
        from flask_migrate import Migrate

        return Migrate(db=self.db, directory=self.directory)


migrations = Migrations()


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


_takes_long: ContextVar[bool] = ContextVar("takes_long", default=False)


@contextmanager
def unhurried() -> Iterator[None]:
    """For reports and clean-ups: no statement of the transactions that begin here is cut off for taking long."""
    db.session.rollback()  # what is open already has its limit
    token = _takes_long.set(True)
    try:
        yield
    finally:
        _takes_long.reset(token)


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


POOL_SECONDS = 5.0  # for a connection that another thread of the process gives back
NOT_UP_TO_DATE = frozenset({"42P01", "42703"})  # SQLSTATE of a table, and of a column, that is not there
TRY_AFTER_SECONDS = 1.0  # a connection that stood for so long is tried before it is used
POSTGRESQL_CONNECT_SECONDS = 3
# What was sent must have arrived by then; a slow statement has, for the server's system says so.
POSTGRESQL_UNHEARD_SECONDS = 4
POSTGRESQL_LOCK_SECONDS = 5  # for a row that somebody else holds
# In mid-transaction: what a machine that is lost had locked is free before a lease runs out.
POSTGRESQL_STANDS_STILL_SECONDS = 30
# Seconds, seconds, times. Linux goes by the time unheard in place of the count: it must be enough for two of ours to be
# lost, since a slow statement is to outlive the loss of one.
KEEPALIVES = {"keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 3}
SERVER_KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
# How the system ends a connection whose other end is silent.
SILENCE = tuple(os.strerror(number) for number in (errno.ETIMEDOUT, errno.EHOSTUNREACH))
SQLITE_PRAGMAS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA foreign_keys = ON")


def engine_options(settings: Settings) -> dict[str, Any]:
    """How connections are kept, as SQLAlchemy takes it. Errors are logged, and values may be secret."""
    if make_url(settings.sqlalchemy_url).get_backend_name() == "sqlite":
        return {"hide_parameters": True}
    return {
        "hide_parameters": True,
        "pool_size": settings.database_pool_size,
        "max_overflow": settings.database_pool_overflow,
        "pool_timeout": POOL_SECONDS,
        "pool_recycle": settings.database_pool_recycle_seconds,
    }


def prepare_engine(
    engine: Engine,
    *,
    busy_timeout_seconds: float = 5.0,
    statement_timeout_seconds: float = DEFAULT_STATEMENT_TIMEOUT_SECONDS,
) -> None:
    """Give a SQLite engine write-ahead logging, foreign keys, patience, and explicit transactions; PostgreSQL's an end
    to its patience.
    """
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, busy_timeout_seconds)
        return
    session = {"statement_timeout": f"{int(statement_timeout_seconds * 1000)}ms"}
    silences = Silences()
    event.listen(engine, "do_connect", partial(_wait_not_for_ever, session))
    event.listen(engine, "do_connect", partial(_connect_unless_silent, silences))  # the last: it makes the connection
    event.listen(engine, "begin", _take_the_time)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_try_one_that_stood, engine, silences))
    event.listen(engine, "handle_error", partial(_note_silence, silences))
    event.listen(engine, "handle_error", _as_an_outage)


def _note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = clock.monotonic()


def _connect_unless_silent(
    silences: Silences, dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]
) -> Any:
    """:raise OperationalError: the driver's, at once while the server is taken to be silent."""
    if not silences.is_to_try():
        raise dialect.loaded_dbapi.OperationalError("PostgreSQL did not answer a moment ago.")
    with silences.connecting():
        return dialect.connect(*arguments, **options)


def _note_silence(silences: Silences, context: ExceptionContext) -> None:
    """Of a statement; a connect and a try are timed."""
    if context.is_disconnect and any(words in str(context.original_exception) for words in SILENCE):
        silences.note()


def _try_one_that_stood(
    engine: Engine, silences: Silences, connection: Any, record: ConnectionPoolEntry, _proxy: Any
) -> None:
    """Nobody is refused for a connection that a failover has ended while it stood; one in use costs no round trip more.

    :raise InvalidatePoolError: for the pool, which then makes connections anew.
    """
    begun = clock.monotonic()
    if begun - record.info.get("used_at", float("inf")) < TRY_AFTER_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as e:
        silences.has_noted(clock.monotonic() - begun)
        raise InvalidatePoolError("The connection was ended while it stood.") from e


def _take_the_time(connection: Connection) -> None:
    if _takes_long.get():
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def _wait_not_for_ever(
    session: Mapping[str, str], _dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]
) -> None:
    """libpq alone waits for as long as the network does, and the server for whoever holds a lock, though they be gone.

    What the database's address says itself goes before.
    """
    patience = {"connect_timeout": POSTGRESQL_CONNECT_SECONDS, "tcp_user_timeout": POSTGRESQL_UNHEARD_SECONDS * 1000}
    for name, value in (patience | KEEPALIVES).items():
        options.setdefault(name, value)
    options["options"] = f"{_session_settings(session)} {options.get('options', '')}".strip()


def _session_settings(more: Mapping[str, str]) -> str:
    """What the server is told for one session, as libpq's `options`."""
    settings: dict[str, int | str] = {
        **more,
        "lock_timeout": f"{POSTGRESQL_LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{POSTGRESQL_STANDS_STILL_SECONDS}s",
        **{f"tcp_{name}": value for name, value in SERVER_KEEPALIVES.items()},
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _as_an_outage(context: ExceptionContext) -> OperationalError | None:
    """A connection that the server has closed is an outage, which may pass; psycopg calls it an internal error.

    So is a database that nobody has brought up to date yet, which it calls a mistake; SQLite's driver does not.
    """
    error, said = context.sqlalchemy_exception, context.original_exception
    is_outage = context.is_disconnect or getattr(said, "sqlstate", None) in NOT_UP_TO_DATE
    if not is_outage or not isinstance(error, DBAPIError) or isinstance(error, OperationalError):
        return None
    return OperationalError(
        error.statement,
        error.params,
        said,
        hide_parameters=error.hide_parameters,
        connection_invalidated=context.is_disconnect,
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
        limits = {"socket_connect_timeout": self.CONNECT_SECONDS, "socket_timeout": self.READ_SECONDS}
        pool = redis_urls.pool(url, BreakerPool, **limits)
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
