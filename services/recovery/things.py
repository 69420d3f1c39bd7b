"""What is told of a thing that is stuck, and what every kind of such things can be asked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Act = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a person may do about it now: what stands on the button, and what pressing it does."""

    label: str
    effect: str


@dataclass(frozen=True, slots=True)
class StuckThing:
    """Something that should go on and does not, since the instant `since`.

    `why` and `next` are sentences without a full stop; `next` says what Backbeat does by itself, at `next_at` where
    that is known. `url` is the path of its page.
    """

    kind: str
    id: str
    title: str
    detail: str
    url: str
    why: str
    since: float
    next: str
    next_at: float | None = None
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True)
class Finder:
    """One kind of things that get stuck. Each look is a constant number of statements.

    `what` says when one is stuck, `page` is where all of its kind are. `find(limit)` gives the first, `in_order`;
    `count()` tells how many there are, of each cause up to `COUNTED`. `act(id, by)` does what the remedy says, and
    tells what was done; it raises Conflict if it is stuck no more. `at_a_press()` gives what does it for one after the
    other of all, where that differs.
    """

    kind: str
    label: str
    what: str
    page: str
    find: Callable[[int], Sequence[StuckThing]]
    count: Callable[[], int]
    act: Act
    at_a_press: Callable[[], Act] | None = None


def in_order(things: Iterable[StuckThing]) -> list[StuckThing]:
    """Those first about which something can be done, and of these the one that has been stuck longest."""
    return sorted(things, key=lambda thing: (thing.remedy is None, thing.since))


# Counting on costs more than it tells.
COUNTED = 1000
