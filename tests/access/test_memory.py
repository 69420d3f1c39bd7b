"""What is known of who asks holds for a second, and for a minute while the database cannot be asked."""

import pytest
from sqlalchemy.exc import OperationalError

import clock
from services.access.memory import SECONDS, WITHOUT_DATABASE_SECONDS, ShortMemory


class Database:
    """Says who somebody is, and how often it was asked; or that it is away."""

    def __init__(self) -> None:
        self.says: str | None = "Ada"
        self.is_away = False
        self.asked = 0

    def find(self) -> str | None:
        self.asked += 1
        if self.is_away:
            raise OperationalError("SELECT", {}, Exception("away"))
        return self.says


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    passed = [1000.0]
    monkeypatch.setattr(clock, "monotonic", lambda: passed[0])
    return passed


def test_it_asks_once_a_second(database: Database, seconds: list[float]) -> None:
    memory = ShortMemory()
    assert [memory.recall("x", database.find) for _ in range(3)] == ["Ada"] * 3
    assert database.asked == 1
    database.says = "Otto"
    seconds[0] += SECONDS
    assert memory.recall("x", database.find) == "Otto"


def test_it_keeps_no_refusal(database: Database, seconds: list[float]) -> None:
    memory = ShortMemory()
    database.says = None
    assert memory.recall("x", database.find) is None
    database.says = "Ada"
    assert memory.recall("x", database.find) == "Ada"


def test_it_forgets_who_was_refused_since(database: Database, seconds: list[float]) -> None:
    memory = ShortMemory()
    memory.recall("x", database.find)
    database.says = None
    seconds[0] += SECONDS
    assert memory.recall("x", database.find) is None
    database.is_away = True
    with pytest.raises(OperationalError):
        memory.recall("x", database.find)


def test_it_holds_on_while_the_database_is_away_but_not_for_long(database: Database, seconds: list[float]) -> None:
    memory = ShortMemory()
    memory.recall("x", database.find)
    database.is_away = True
    seconds[0] += WITHOUT_DATABASE_SECONDS - 1
    assert memory.recall("x", database.find) == "Ada"
    seconds[0] += 2
    with pytest.raises(OperationalError):
        memory.recall("x", database.find)


def test_what_was_changed_meanwhile_is_not_kept(database: Database, seconds: list[float]) -> None:
    memory = ShortMemory()

    def find() -> str | None:
        found = database.find()
        memory.forget()  # as a change in another thread does, while we wait for the database
        return found

    memory.recall("x", find)
    memory.recall("x", database.find)
    assert database.asked == 2
