"""The line of jobs that wait for a worker: who stands where, and what they are told of it.

Each process looks at the whole line at most about once a second: a constant number of statements, however many jobs
wait and however many are asked about.
"""

import threading
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import current_app
from sqlalchemy import ColumnElement, literal_column, select, union_all

import clock
from extensions import db
from models import Job
from services.jobs import states, waits
from services.jobs.eta import Remaining
from services.jobs.registry import QUEUES

T = TypeVar("T")

# A place further back than this is told as this: counting on costs more than it tells.
MAX_POSITION = 1000
LINE_SECONDS, PACE_SECONDS = 1.0, 2.0  # how old a look may be
# Spelled out: the plan of a prepared statement cannot know that a bound value is the one of the index `ix_job_line`.
_QUEUED: ColumnElement[str] = literal_column(f"'{states.QUEUED}'")

Place = tuple[float, str]  # due_at, id: the order of the line


@dataclass(frozen=True, slots=True)
class Line:
    """The first thousand places of each queue."""

    places: Mapping[str, Sequence[Place]]

    def ahead(self, queue: str, place: Place) -> dict[str, int]:
        """How many jobs of each queue are taken up before the one at that place."""
        urgent = {name: len(self.places[name]) for name in QUEUES[: QUEUES.index(queue)]}
        return urgent | {queue: bisect_left(self.places[queue], place)}

    def knows(self, queue: str, place: Place) -> bool:
        """Whether that job stood there when the look was taken, so far as a thousand places show it."""
        places = self.places[queue]
        at = bisect_left(places, place)
        return at == MAX_POSITION or (at < len(places) and places[at] == place)


class Look(Generic[T]):
    """Something looked at now and then, shared by the threads of a process."""

    def __init__(self, look: Callable[[], T], age_seconds: float) -> None:
        self._look = look
        self._age_seconds = age_seconds
        self._taken: tuple[float, T] | None = None
        self._lock = threading.Lock()

    def last(self) -> T:
        """What the last look showed, or a new one if that is too old."""
        with self._lock:
            if self._taken is not None and clock.monotonic() - self._taken[0] < self._age_seconds:
                return self._taken[1]
            return self._take()

    def fresh(self) -> T:
        """A new look."""
        with self._lock:
            return self._take()

    def _take(self) -> T:
        self._taken = (clock.monotonic(), self._look())
        return self._taken[1]


class Looks:
    """What a process has seen of the line, and of the pace of the last minutes."""

    def __init__(self) -> None:
        self.line = Look(_look_at_line, LINE_SECONDS)
        self.pace = Look(waits.look, PACE_SECONDS)

    @classmethod
    def of_this_app(cls) -> "Looks":
        known: Looks | None = current_app.extensions.get("backbeat_line")
        if known is None:
            known = current_app.extensions.setdefault("backbeat_line", cls())
        return known


def facts(jobs: Sequence[Job]) -> dict[str, dict[str, Any]]:
    """What is told of those that stand in line, by id: `queue_position, queue_wait_seconds, queue_paused`."""
    waiting = [job for job in jobs if _stands_in_line(job)]
    if not waiting:
        return {}
    line, pace = _line_with(waiting), Looks.of_this_app().pace.last()
    return {job.id: _facts(job, line.ahead(job.queue, (job.due_at, job.id)), pace) for job in waiting}


def position_in_queue(job: Job) -> int | None:
    """Its place in line, from 1, counting what the workers take first; None if it does not wait."""
    if not _stands_in_line(job):
        return None
    return _position(_line_with([job]).ahead(job.queue, (job.due_at, job.id)))


def _stands_in_line(job: Job) -> bool:
    return job.status == states.QUEUED and job.parent_id is None and job.queue in QUEUES


def _facts(job: Job, ahead: Mapping[str, int], pace: Mapping[str, waits.QueueFacts]) -> dict[str, Any]:
    return {
        "queue_position": _position(ahead),
        "queue_wait_seconds": _range(waits.wait(job.queue, ahead, pace)),
        "queue_paused": pace[job.queue].paused,
    }


def _position(ahead: Mapping[str, int]) -> int:
    return min(sum(ahead.values()) + 1, MAX_POSITION)


def _range(wait: Remaining | None) -> list[float] | None:
    """To two figures: no more is known, and the answer stays the same for a while."""
    return None if wait is None else [float(f"{seconds:.2g}") for seconds in (wait.low_seconds, wait.high_seconds)]


def _line_with(waiting: Sequence[Job]) -> Line:
    """The line, looked at anew if one of these is so new that it was not there at the last look."""
    look = Looks.of_this_app().line
    line = look.last()
    known = all(line.knows(job.queue, (job.due_at, job.id)) for job in waiting)
    return line if known else look.fresh()


def _look_at_line() -> Line:
    heads = [
        select(Job.queue, Job.due_at, Job.id)
        .where(Job.queue == queue, Job.parent_id.is_(None), Job.status == _QUEUED)
        .order_by(Job.due_at, Job.id)
        .limit(MAX_POSITION)
        .subquery()
        for queue in QUEUES
    ]
    places: dict[str, list[Place]] = {queue: [] for queue in QUEUES}
    for queue, due_at, job_id in db.session.execute(union_all(*(select(head) for head in heads))):
        places[queue].append((due_at, job_id))
    return Line(places)
