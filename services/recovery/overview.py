"""All that is stuck, kind by kind."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.recovery.finders import FINDERS
from services.recovery.things import COUNTED, Finder, StuckThing

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Section:
    """One kind: the first `SHOWN` that are stuck, and how many there are in all."""

    finder: Finder
    things: Sequence[StuckThing]
    count: int

    @property
    def is_at_least(self) -> bool:
        """Whether there may be more, since they were not counted further."""
        return self.count >= COUNTED

    @property
    def remedied(self) -> int:
        """For how many of those that are shown something can be done now."""
        return sum(thing.remedy is not None for thing in self.things)


def overview() -> list[Section]:
    """A constant number of statements, however much is stuck. Nothing is written by looking."""
    return [_section(finder) for finder in FINDERS.values()]


def _section(finder: Finder) -> Section:
    things, count = finder.find(SHOWN), finder.count()
    return Section(finder, things, max(count, len(things)))


def counts() -> dict[str, int]:
    """How many of each kind are stuck."""
    return {kind: finder.count() for kind, finder in FINDERS.items()}
