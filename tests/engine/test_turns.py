"""Whose turn it is: queues in their order, and in each one line after another. Pure."""

from collections import Counter

import pytest

from services.jobs.turns import Line, Turns

ANNA, BEN, CLARA = (Line("default", "count", owner_id) for owner_id in (1, 2, 3))
URGENT = Line("high", "count", 1)


def _take_from(waiting: Counter[Line]) -> list[Line]:
    """Whose turns they were, until nothing waits any more."""
    turns = Turns(lambda: [line for line, number in waiting.items() if number])
    return list(iter(lambda: turns.next(lambda line: _one_of(waiting, line)), None))


def _one_of(waiting: Counter[Line], line: Line) -> Line | None:
    if not waiting[line]:
        return None
    waiting[line] -= 1
    return line


@pytest.mark.parametrize(
    ("waiting", "turns"),
    [
        ({}, []),
        ({ANNA: 2}, [ANNA, ANNA]),
        ({ANNA: 3, BEN: 1}, [ANNA, BEN, ANNA, ANNA]),
        ({ANNA: 2, BEN: 2, CLARA: 1}, [ANNA, BEN, CLARA, ANNA, BEN]),
        ({ANNA: 1, BEN: 1, URGENT: 2}, [URGENT, URGENT, ANNA, BEN]),
    ],
)
def test_it_goes_round(waiting: dict[Line, int], turns: list[Line], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.sample", lambda new, _number: list(new))
    assert _take_from(Counter(waiting)) == turns


def test_who_has_just_been_served_comes_last() -> None:
    turns = Turns(lambda: [ANNA, BEN], served=[ANNA])
    assert [turns.next(lambda line: line) for _ in range(3)] == [BEN, ANNA, BEN]


def test_who_comes_later_is_seen_at_the_next_look_and_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("clock.monotonic", lambda: now[0])
    waiting = [ANNA]
    turns = Turns(lambda: waiting)
    assert turns.next(lambda line: line) == ANNA
    waiting.append(URGENT)
    assert turns.next(lambda line: line) == ANNA
    now[0] = 0.2
    assert turns.next(lambda line: line) == URGENT


def test_it_looks_the_more_seldom_the_longer_a_look_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    looks = []
    monkeypatch.setattr("clock.monotonic", lambda: now[0])

    def slow_look() -> list[Line]:
        now[0] += 1.0
        looks.append(now[0])
        return [ANNA]

    turns = Turns(slow_look)
    for now[0] in (0.0, 2.0, 20.0, 21.5):
        turns.next(lambda line: line)
    assert looks == [1.0, 22.5]


def test_of_those_that_are_new_it_is_not_always_the_same_ones_turn_first() -> None:
    """Each ring has turns of its own, and may have time for one more job only."""
    firsts = {Turns(lambda: [ANNA, BEN, CLARA], served=[ANNA]).next(lambda line: line) for _ in range(64)}
    assert firsts == {BEN, CLARA}
