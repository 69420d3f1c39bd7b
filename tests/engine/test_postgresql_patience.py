"""A PostgreSQL that takes connections and answers nothing is given up on."""

import socket

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

import clock
import extensions


def test_it_gives_up_on_a_postgresql_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "POSTGRESQL_CONNECT_SECONDS", 2)  # less libpq does not take
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = create_engine(f"postgresql+psycopg://nobody@127.0.0.1:{silent.getsockname()[1]}/none")
        extensions.prepare_engine(engine)
        begun = clock.monotonic()
        with pytest.raises(OperationalError):
            engine.connect()
    assert clock.monotonic() - begun < 10
