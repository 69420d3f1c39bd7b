"""Looking instead of trusting: what is due is looked at in batches, in parallel, and each decision is applied once."""

import threading
from collections import Counter
from collections.abc import Sequence

import pytest

from errors import TransientError
from services.reconciling import LeftOut, Reconciler, reconcile


class Things:
    """Numbers that are due until they are applied; each looks like its square, and negative ones do not answer."""

    def __init__(self, *numbers: int) -> None:
        self.waiting = list(numbers)
        self.batches: list[list[tuple[int, int | str]]] = []
        self.stubborn: set[int] = set()  # due still, though they were applied
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()
        self._met = threading.Barrier(2)

    def due(self, limit: int) -> Sequence[int]:
        return self.waiting[:limit]

    def look(self, number: int) -> int:
        if number < 0:
            raise TransientError("Nobody answers.")
        if number == 0:
            raise ZeroDivisionError
        return number**2

    def look_together(self, number: int) -> int:
        """Two at a time: each waits for another."""
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self._met.wait(30)
        with self._lock:
            self.at_once -= 1
        return number

    def decide(self, _: int, sight: int | TransientError) -> int | str:
        return sight.message if isinstance(sight, TransientError) else sight

    def apply(self, decided: Sequence[tuple[int, int | str]]) -> Counter[str]:
        self.batches.append(list(decided))
        done = {number for number, _ in decided} - self.stubborn
        self.waiting = [number for number in self.waiting if number not in done]
        return Counter(looked_at=len(decided))

    def look_at_small(self, number: int) -> int:
        if number > 3:
            raise LeftOut
        return self.look(number)

    def reconciler(self) -> Reconciler[int, int, int | str]:
        return Reconciler(self.due, self.look, self.decide, self.apply, key=lambda number: number)


def test_it_goes_through_all_in_batches() -> None:
    things = Things(1, 2, 3, 4, 5)
    assert reconcile(things.reconciler(), batch_size=2, at_once=2) == Counter(looked_at=5)
    assert things.batches == [[(1, 1), (2, 4)], [(3, 9), (4, 16)], [(5, 25)]]


def test_it_takes_no_more_than_it_may() -> None:
    things = Things(1, 2, 3, 4, 5)
    assert reconcile(things.reconciler(), batch_size=2, at_once=2, most=3) == Counter(looked_at=3)
    assert things.waiting == [4, 5]


def test_what_is_due_still_waits_for_the_next_time() -> None:
    things = Things(1, 2, 3)
    things.stubborn = {1}
    assert reconcile(things.reconciler(), batch_size=2, at_once=2) == Counter(looked_at=3)
    assert things.batches == [[(1, 1), (2, 4)], [(3, 9)]]


def test_of_what_was_left_out_nothing_is_decided() -> None:
    things = Things(1, 2, 3, 4, 5, 6)
    of = Reconciler(things.due, things.look_at_small, things.decide, things.apply, key=lambda number: number)
    told: list[int] = []
    assert reconcile(of, batch_size=2, at_once=2, on_batch=told.append) == Counter(looked_at=3)
    assert things.batches == [[(1, 1), (2, 4)], [(3, 9)]]
    assert (things.waiting, told) == ([4, 5, 6], [2, 1, 0])


def test_silence_is_a_sight_too() -> None:
    things = Things(-1, 2)
    reconcile(things.reconciler(), batch_size=2, at_once=2)
    assert things.batches == [[(-1, "Nobody answers."), (2, 4)]]


def test_a_mistake_with_one_keeps_no_others() -> None:
    things = Things(0, 2)
    reconcile(things.reconciler(), batch_size=2, at_once=2)
    ((_, told), of_other), *_ = things.batches
    assert "ZeroDivisionError" in str(told)
    assert of_other == (2, 4)


def test_it_looks_at_some_at_once_and_no_more() -> None:
    things = Things(*range(1, 9))
    reconcile(
        Reconciler(things.due, things.look_together, things.decide, things.apply, key=lambda number: number),
        batch_size=8,
        at_once=2,
    )
    assert things.most_at_once == 2


def test_it_can_be_stopped_between_batches() -> None:
    things = Things(1, 2, 3, 4)

    def stop(number: int) -> None:
        raise InterruptedError(number)

    with pytest.raises(InterruptedError):
        reconcile(things.reconciler(), batch_size=2, at_once=2, on_batch=stop)
    assert things.batches == [[(1, 1), (2, 4)]]


def test_nothing_due_is_nothing_done() -> None:
    things = Things()
    assert reconcile(things.reconciler(), batch_size=2, at_once=2) == Counter()
    assert things.batches == []
