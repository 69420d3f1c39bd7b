"""A failover of PostgreSQL ends the connections that stand in a pool; nobody who comes later is refused for that."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

import extensions
from extensions import db

END_ALL = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'backbeat-pooled'")
ONE = text("SELECT 1")


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return f"{postgres_url}&application_name=backbeat-pooled"


def _end_all(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        connection.execute(END_ALL)
    engine.dispose()


def _pool_some() -> None:
    connections = [db.engine.connect() for _ in range(3)]
    for connection in connections:
        connection.close()


@pytest.mark.usefixtures("app")
def test_those_that_stood_are_made_anew(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "TRY_AFTER_SECONDS", 0.0)
    _pool_some()
    _end_all(postgres_url)
    for _ in range(4):
        with db.engine.connect() as connection:
            assert connection.execute(ONE).scalar_one() == 1


@pytest.mark.usefixtures("app")
def test_one_that_is_in_use_costs_its_transaction_and_no_other(postgres_url: str) -> None:
    with db.engine.connect() as connection:
        connection.execute(ONE)
        _end_all(postgres_url)
        with pytest.raises(OperationalError):
            connection.execute(ONE)
    with db.engine.connect() as connection:
        assert connection.execute(ONE).scalar_one() == 1


def test_one_that_was_used_just_now_is_not_tried(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "TRY_AFTER_SECONDS", 3600.0)
    _pool_some()
    tried: list[Any] = []
    monkeypatch.setattr(db.engine.dialect, "do_ping", tried.append)
    with db.engine.connect() as connection:
        connection.execute(ONE)
    assert tried == []
