"""How many jobs an action would change, counted no further than anybody would read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from extensions import db
from models import Job
from services.bulk.actions import Action
from services.bulk.selection import Selection

MAX_COUNTED = 2_000


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; `more` says that there are others beyond these."""

    number: int
    more: bool = False

    def __str__(self) -> str:
        return f"more than {self.number:,}" if self.more else f"{self.number:,}"


@dataclass(frozen=True, slots=True)
class Preview:
    """What an action would change, by state, and how many others match that are in no state for it."""

    fitting: Count
    by_status: dict[str, int]
    others: Count


def preview(action: Action, selection: Selection, queue: str = "") -> Preview:
    """Count, changing nothing: two statements, each over 2,001 rows that match at most.

    So it takes no longer where there are many; only a search for words looks through all jobs that there are.
    """
    by_status = _counted(selection.fitting(action, queue))
    fitting = _capped(sum(by_status.values()))
    matching = _capped(sum(_counted(selection.matching()).values()))
    return Preview(fitting, by_status, Count(max(0, matching.number - fitting.number), more=matching.more))


def _counted(conditions: Sequence[ColumnElement[bool]]) -> dict[str, int]:
    some = select(Job.status).where(*conditions).limit(MAX_COUNTED + 1).subquery()
    rows = db.session.execute(select(some.c.status, func.count()).group_by(some.c.status))
    return {row[0]: row[1] for row in rows}


def _capped(number: int) -> Count:
    return Count(min(number, MAX_COUNTED), more=number > MAX_COUNTED)
