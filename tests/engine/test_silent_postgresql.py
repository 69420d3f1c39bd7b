"""Once a PostgreSQL was silent, nobody else waits to find that out for a moment."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

import clock
import extensions
import silences


class Network:
    """A clock that only moves when somebody connects or asks, by as long as that takes now."""

    def __init__(self) -> None:
        self.now, self.takes_seconds, self.asked = 1000.0, 0.0, 0
        self.is_cut = False

    def ask(self, do: Any, *arguments: Any, **options: Any) -> Any:
        self.asked += 1
        self.now += self.takes_seconds
        if self.is_cut:
            raise psycopg.OperationalError("Nobody answers.")
        return do(*arguments, **options)

    def cut(self, takes_seconds: float) -> None:
        self.is_cut, self.takes_seconds, self.asked = True, takes_seconds, 0


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    network = Network()
    monkeypatch.setattr(clock, "monotonic", lambda: network.now)
    return network


@pytest.fixture
def engine(postgres_url: str, network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    engine = create_engine(postgres_url)
    extensions.prepare_engine(engine)
    for name in ("connect", "do_ping"):
        through = getattr(engine.dialect, name)
        monkeypatch.setattr(engine.dialect, name, lambda *a, do=through, **o: network.ask(do, *a, **o))
    yield engine
    engine.dispose()


def refused(engine: Engine) -> str:
    with pytest.raises(OperationalError) as caught:
        engine.connect()
    return str(caught.value.orig)


def test_after_a_connect_that_waited_it_refuses_at_once(engine: Engine, network: Network) -> None:
    network.cut(takes_seconds=3)
    assert refused(engine) == "Nobody answers."
    assert "did not answer a moment ago" in refused(engine)
    assert network.asked == 1


def test_after_a_try_that_waited_it_connects_no_more(engine: Engine, network: Network) -> None:
    engine.connect().close()
    network.now += extensions.TRY_AFTER_SECONDS
    network.cut(takes_seconds=4)
    assert "did not answer a moment ago" in refused(engine)
    assert network.asked == 1


def test_after_a_statement_that_was_not_heard_it_refuses_at_once(engine: Engine, network: Network) -> None:
    @event.listens_for(engine, "do_execute")
    def lose(cursor: Any, *_: Any) -> None:
        cursor.connection.close()
        raise psycopg.OperationalError("could not receive data from server: Connection timed out")

    with pytest.raises(OperationalError, match="timed out"), engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert "did not answer a moment ago" in refused(engine)


def test_a_quick_refusal_is_not_remembered(engine: Engine, network: Network) -> None:
    network.cut(takes_seconds=0.1)
    assert [refused(engine), refused(engine)] == ["Nobody answers."] * 2


def test_it_is_there_again_a_moment_later(engine: Engine, network: Network) -> None:
    network.cut(takes_seconds=3)
    refused(engine)
    network.now += silences.PAUSE_SECONDS
    network.is_cut = False
    engine.connect().close()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_after_the_moment_one_tries_for_all(network: Network) -> None:
    known = silences.Silences()
    known.note()
    network.now += silences.PAUSE_SECONDS
    assert [known.is_to_try() for _ in range(3)] == [True, False, False]


def test_whoever_tried_and_vanished_is_not_waited_for(network: Network) -> None:
    known = silences.Silences()
    known.note()
    network.now += silences.PAUSE_SECONDS
    assert known.is_to_try()
    network.now += silences.TRIAL_SECONDS
    assert known.is_to_try()
