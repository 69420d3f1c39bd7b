"""Of several hosts that start at once one migrates, and the others wait."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from extensions import prepare_engine
from services.schema import ADVISORY_LOCK, one_at_a_time
from tests.waiting import wait_until

WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = create_engine(postgres_url)
    prepare_engine(engine, statement_timeout_seconds=2)
    yield engine
    engine.dispose()


def test_the_second_host_waits_for_the_first(engine: Engine, tmp_path: Path) -> None:
    order: list[str] = []

    def second_host() -> None:
        with one_at_a_time(engine, tmp_path / "second"):
            order.append("second")

    other = threading.Thread(target=second_host)
    with one_at_a_time(engine, tmp_path / "first"), engine.connect() as looking:
        other.start()
        wait_until(lambda: looking.execute(WAITING).scalar_one(), "the second host waits")
        order.append("first")
    other.join(30)
    assert order == ["first", "second"]


def test_a_host_that_fails_lets_the_next_one_in(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), one_at_a_time(engine, tmp_path / "first"):
        raise RuntimeError
    with engine.connect() as connection:
        assert connection.execute(text(f"SELECT pg_try_advisory_lock({ADVISORY_LOCK})")).scalar_one()
