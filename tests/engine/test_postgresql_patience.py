"""A PostgreSQL that does not answer is given up on, and gives up on whoever stands still in mid-transaction."""

import socket
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

import clock
import extensions


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = create_engine(f"{postgres_url}&options=-c%20application_name%3Dours%20-c%20lock_timeout%3D7s")
    extensions.prepare_engine(engine)
    yield engine
    engine.dispose()


def _told(engine: Engine, *names: str) -> list[str]:
    with engine.connect() as connection:
        return [str(connection.execute(text(f"SHOW {name}")).scalar_one()) for name in names]


def test_it_gives_up_on_a_postgresql_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "POSTGRESQL_CONNECT_SECONDS", 2)  # less libpq does not take
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = create_engine(f"postgresql+psycopg://nobody@127.0.0.1:{silent.getsockname()[1]}/none")
        extensions.prepare_engine(engine)
        begun = clock.monotonic()
        with pytest.raises(OperationalError):
            engine.connect()
    assert clock.monotonic() - begun < 10


def test_it_asks_a_host_that_is_silent_whether_it_lives(engine: Engine) -> None:
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        sent = driver.info.get_parameters()
    assert {name: sent[name] for name in extensions.KEEPALIVES} == {
        "keepalives_idle": "2",
        "keepalives_interval": "1",
        "keepalives_count": "3",
    }


def test_what_the_address_says_goes_before(engine: Engine) -> None:
    names = ("application_name", "lock_timeout", "idle_in_transaction_session_timeout")
    assert _told(engine, *names) == ["ours", "7s", "30s"]


def test_it_lets_go_of_what_somebody_holds_who_stands_still(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "POSTGRESQL_STANDS_STILL_SECONDS", 1)
    with engine.connect() as stands_still, engine.connect() as other:
        stands_still.execute(text("SELECT pg_advisory_xact_lock(1)"))
        other.execute(text("SELECT pg_advisory_xact_lock(1)"))  # waits until it is free
        with pytest.raises(OperationalError) as caught:  # the kind of error that may pass
            stands_still.execute(text("SELECT 1"))
    assert caught.value.connection_invalidated
