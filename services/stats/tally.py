"""Counting the jobs of a stretch of time, by queue and type.

Every job counts, children and parents alike. How long a parent ran is how long its children took to be over, no time
of a worker's: it is kept under the parent's own type, and who adds types up leaves it out (`types_of_parents`).
A job that was retried counts again with each end; its wait is that of the attempt that ended.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import func, select

from extensions import db
from models import Job, JobStat
from services.jobs import states
from services.jobs.registry import JOB_TYPES
from services.stats.histogram import class_of
from services.stats.stretches import created_in, ended_in

ROWS_AT_ONCE = 2000


class Kind(NamedTuple):
    """What jobs are told apart by in the history."""

    queue: str
    type: str


@dataclass(slots=True)
class Tally:
    """The figures of one stretch; field by field what `JobStat` keeps."""

    created: int = 0
    finished: int = 0
    failed: int = 0
    canceled: int = 0
    wait_seconds: Counter[str] = field(default_factory=Counter)
    run_seconds: Counter[str] = field(default_factory=Counter)

    def add(self, created: int, finished: int, failed: int, canceled: int, wait: Any, run: Any) -> None:
        """Add another stretch's figures."""
        self.created += created
        self.finished += finished
        self.failed += failed
        self.canceled += canceled
        self.wait_seconds.update(wait)
        self.run_seconds.update(run)

    def end(self, status: str, due_at: float, started_at: float | None, ended_at: float) -> None:
        """Count a job that has ended."""
        setattr(self, status, getattr(self, status) + 1)
        if started_at is None or started_at < due_at:  # it ended before anybody took it up
            return
        self.wait_seconds[class_of(started_at - due_at)] += 1
        if status != states.CANCELED:  # when somebody lost patience says nothing about the work
            self.run_seconds[class_of(ended_at - started_at)] += 1

    def row(self) -> dict[str, Any]:
        return {
            "created": self.created,
            "finished": self.finished,
            "failed": self.failed,
            "canceled": self.canceled,
            "wait_seconds": dict(self.wait_seconds),
            "run_seconds": dict(self.run_seconds),
        }


Tallies = Mapping[Kind, Tally]
STAT_COLUMNS = (
    JobStat.created,
    JobStat.finished,
    JobStat.failed,
    JobStat.canceled,
    JobStat.wait_seconds,
    JobStat.run_seconds,
)


def types_of_parents() -> frozenset[str]:
    """Job types whose run time is that of their children."""
    return frozenset(kind.name for kind in JOB_TYPES.values() if kind.has_children)


def count_jobs(start: float, end: float) -> Tallies:
    """What came in and what ended from `start` until just before `end`, by looking at the jobs themselves."""
    tallies: defaultdict[Kind, Tally] = defaultdict(Tally)
    made = select(Job.queue, Job.type, func.count()).where(created_in(start, end)).group_by(Job.queue, Job.type)
    for queue, type_name, count in db.session.execute(made):
        tallies[Kind(queue, type_name)].created += count
    over = select(Job.queue, Job.type, Job.status, Job.due_at, Job.started_at, Job.ended_at).where(ended_in(start, end))
    for row in db.session.execute(over.execution_options(yield_per=ROWS_AT_ONCE)):
        tallies[Kind(row.queue, row.type)].end(row.status, row.due_at, row.started_at, row.ended_at or end)
    return tallies


def add_up(rows: Iterable[Any]) -> Tallies:
    """Stretches as one; each row is a queue, a type, and STAT_COLUMNS."""
    tallies: defaultdict[Kind, Tally] = defaultdict(Tally)
    for queue, type_name, *figures in rows:
        tallies[Kind(queue, type_name)].add(*figures)
    return tallies
