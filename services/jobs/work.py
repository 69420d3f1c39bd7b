"""What a task is given, and what it gives back."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

import clock
import crashpoints
from errors import BackbeatError
from extensions import db_now, transaction
from models import Job
from services.jobs import signals
from services.jobs.claims import Claim
from services.jobs.lease import Lease
from services.jobs.moves import CancelRequested, LeaseLost, holds
from services.jobs.progress import Reporter


class HandBack(BackbeatError):
    """The worker is to stop; the job goes back to the queue."""

    code = "handed_back"


class TimeLimitExceeded(BackbeatError):
    """The job took longer than its type allows."""

    code = "time_limit"


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished task: a small result for the document, and what to write in the transaction that ends the job.

    `save` runs inside that transaction, behind the fence: it takes effect once, or not at all. `after_commit` is for
    what can only be tidied away once the end is certain; it may be skipped by a crash.
    """

    result: dict[str, Any] = field(default_factory=dict)
    result_url: str | None = None
    save: Callable[[], None] = _nothing
    after_commit: Callable[[], None] = _nothing


@dataclass(frozen=True, slots=True)
class Child:
    """One item of a parent job, to be begun so many seconds after the parent was."""

    target_id: str
    title: str
    delay_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class FanOut:
    """A task whose work is done by children of one type, in order; positions count from 0."""

    child_type: str
    target_type: str
    children: Iterable[Child]
    total: int
    result_url: str | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """One attempt of one job, as its task sees it."""

    job: Claim
    progress: Reporter
    lease: Lease
    deadline: float  # by clock.monotonic()

    @property
    def target_id(self) -> int:
        """The id of the target row.

        :raise ValueError: if the job was submitted without one.
        """
        return int(self.job.target_id or "")

    def checkpoint(self) -> None:
        """A place where the job may stop without harm; to be called between items.

        :raise LeaseLost, CancelRequested, TimeLimitExceeded, HandBack: if it must.
        """
        crashpoints.reached("C3")
        if self.lease.lost:
            raise LeaseLost(f"Attempt {self.job.attempt} of job {self.job.id} is not ours any more.")
        if self.lease.cancel_requested:
            raise CancelRequested("The job was canceled.")
        if clock.monotonic() > self.deadline:
            raise TimeLimitExceeded("The job took longer than it may, and was stopped.")
        if signals.stop_requested():
            raise HandBack("The worker is to stop.")

    @contextmanager
    def saving(self) -> Iterator[Session]:
        """A write transaction behind the fence, for work that is saved bit by bit.

        :raise LeaseLost: if the attempt is no longer ours; nothing is written then.
        """
        with transaction() as session:
            held = session.execute(
                update(Job)
                .where(holds(self.job.id, self.job.attempt))
                .values(updated_at=db_now())
                .returning(Job.id)
                .execution_options(synchronize_session=False)
            ).one_or_none()
            if held is None:
                raise LeaseLost(f"Attempt {self.job.attempt} of job {self.job.id} is not ours any more.")
            yield session
