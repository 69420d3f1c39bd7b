"""What was found out a moment ago is not asked for again, unless somebody has changed it since."""

import pytest

from services.access.memory import ENTRIES, ShortMemory
from tests.access.conftest import Advance


@pytest.fixture
def memory(advance: Advance) -> ShortMemory:
    return ShortMemory()


def test_it_asks_once_a_second(memory: ShortMemory, advance: Advance) -> None:
    asked: list[int] = []

    def find() -> int:
        asked.append(1)
        return len(asked)

    assert [memory.recall("key", find) for _ in range(3)] == [1, 1, 1]
    advance(1.1)
    assert memory.recall("key", find) == 2


def test_it_asks_again_for_what_was_not_found(memory: ShortMemory) -> None:
    assert memory.recall("key", lambda: None) is None
    assert memory.recall("key", lambda: "found") == "found"


def test_it_forgets_when_it_is_told_to(memory: ShortMemory) -> None:
    memory.recall("key", lambda: "old")
    memory.forget()
    assert memory.recall("key", lambda: "new") == "new"


def test_it_does_not_keep_what_was_read_before_a_change(memory: ShortMemory) -> None:
    def find_while_somebody_changes_it() -> str:
        memory.forget()
        return "old"

    assert memory.recall("key", find_while_somebody_changes_it) == "old"
    assert memory.recall("key", lambda: "new") == "new"


def test_it_does_not_grow_with_those_who_ask(memory: ShortMemory) -> None:
    for number in range(ENTRIES + 1):
        memory.recall(number, lambda: "somebody")
    assert memory.recall(0, lambda: "asked again") == "asked again"
