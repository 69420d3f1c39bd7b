"""Whose turn it is: which waiting short job a process that is up takes next.

What waits of one type and one owner in one queue is a line. Queues are served in their order, and within one each line
gives one job in turn: ten thousand of one owner's hold up nobody else's one.
"""

import random
from collections import deque
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple, TypeVar

from sqlalchemy import ColumnElement, bindparam, literal_column, select

import clock
from extensions import db
from models import Job, QueueState
from services.jobs import states
from services.jobs.registry import JOB_TYPES, QUEUES

T = TypeVar("T")

# How long a look at who waits is good for: so long at least, and so many times longer than it took, so that looking
# again takes a twentieth of the time at most, however many wait.
LOOK_SECONDS, LOOK_SHARE = 0.1, 20
# As in `claims`: the condition of a partial index is spelled out.
_IS_QUEUED: ColumnElement[str] = literal_column(f"'{states.QUEUED}'")
# Without reference to the row, so that it is asked once and not for each.
NOT_PAUSED: ColumnElement[bool] = Job.queue.not_in(select(QueueState.name).where(QueueState.paused))


class Line(NamedTuple):
    """Jobs that wait for the same."""

    queue: str
    type: str
    owner_id: int | None


_LINES = (
    select(Job.queue, Job.type, Job.owner_id)
    .where(
        Job.queue.in_(bindparam("queues", expanding=True)),
        Job.type.in_(bindparam("types", expanding=True)),
        Job.position.is_(None),
        Job.status == _IS_QUEUED,
        NOT_PAUSED,
    )
    .distinct()
)


def lines(queues: Iterable[str], types: Iterable[str]) -> list[Line]:
    """The lines in which some whole job of these waits."""
    rows = db.session.connection().execute(_LINES, {"queues": list(queues), "types": list(types)}).all()
    db.session.rollback()
    return [Line(*row) for row in rows]


def short_types(*, time_limit_seconds: float) -> list[str]:
    """Those that may be done at a ring that is for a job of this limit: none that may take longer."""
    return [kind.name for kind in JOB_TYPES.values() if kind.short and kind.time_limit_seconds <= time_limit_seconds]


class Turns:
    """Goes round the lines that `look` finds. One that has just been served comes last, a new one first.

    New ones come in random order: each ring has turns of its own, and where one has time for a single job more, a fixed
    order would never come to the last.
    """

    def __init__(self, look: Callable[[], Collection[Line]], served: Iterable[Line] = ()) -> None:
        self._look = look
        self._rounds = {queue: deque(line for line in served if line.queue == queue) for queue in QUEUES}
        self._look_again_at = float("-inf")

    def next(self, take: Callable[[Line], T | None]) -> T | None:
        """What `take` gets of the first line that has something left; None if none has."""
        if clock.monotonic() >= self._look_again_at:
            self._look_again()
        for lines_here in self._rounds.values():
            while lines_here:
                line = lines_here.popleft()
                if (taken := take(line)) is not None:
                    lines_here.append(line)
                    return taken
        return None

    def _look_again(self) -> None:
        began = clock.monotonic()
        waiting = set(self._look())
        for queue, lines_here in self._rounds.items():
            known = [line for line in lines_here if line in waiting]
            new = {line for line in waiting if line.queue == queue}.difference(known)
            self._rounds[queue] = deque([*random.sample(sorted(new, key=str), len(new)), *known])
        now = clock.monotonic()
        self._look_again_at = now + max(LOOK_SECONDS, LOOK_SHARE * (now - began))
