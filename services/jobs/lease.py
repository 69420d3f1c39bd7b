"""The sign of life of a running job: a thread that renews the lease, and learns there that the job is to stop."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Engine, update
from sqlalchemy.exc import SQLAlchemyError

import clock
from extensions import db_now
from models import Job
from services.jobs import journal
from services.jobs.journal import Journal
from services.jobs.moves import holds
from services.jobs.progress import KEEP_SECONDS, Reporter

log = structlog.get_logger(__name__)

MAX_TICK_SECONDS = 2.0
# So soon it looks again where something waits to be told.
SOON_SECONDS = 0.1


@dataclass(slots=True)
class Lease:
    """What the keeper knows of the job that it keeps."""

    job_id: str
    attempt: int
    reporter: Reporter
    journal: Journal
    lost: bool = False
    cancel_requested: bool = False
    parent_id: str | None = None
    kept_progress: float = 0.0  # in the row, by now
    told_progress: float = 0.0  # of what its parent was told last, and when
    told_at: float = field(default_factory=clock.monotonic)


class LeaseKeeper:
    """Keeps the lease of one job at a time, on a database connection of its own, by the database's clock.

    It also copies the progress into the row, so that an answer from SQL is never far behind one from Redis, and writes
    down what the job has logged. Of a child it calls `tell_parent` with the parent's id once its bar has moved or it
    is over, until that says that it has told. While jobs follow each other quickly it looks ten times a second, and
    tells of those that have become worth it.
    """

    def __init__(
        self, engine: Engine, *, lease_seconds: float, tell_parent: Callable[[str], bool] | None = None
    ) -> None:
        self._engine = engine
        self._tell_parent = tell_parent
        self._lease_seconds = lease_seconds
        self._tick_seconds = min(MAX_TICK_SECONDS, lease_seconds / 3)
        self._lease: Lease | None = None
        self._untold_parent: str | None = None  # whose child has ended since it was told last
        self._seen: Lease | None = None  # at the last look
        self._looks_soon = False
        self._stopped = False
        self._wake = threading.Event()
        self._busy = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="lease-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        self._wake.set()
        self._thread.join()

    @contextmanager
    def keep(self, job_id: str, attempt: int, reporter: Reporter, *, parent_id: str | None = None) -> Iterator[Lease]:
        lease = Lease(job_id, attempt, reporter, Journal(job_id, attempt), parent_id=parent_id)
        with self._busy:
            self._lease = lease
            if reporter.is_held:
                self._look_soon()
        try:
            yield lease
        finally:
            with self._busy:  # after this no renewal of this job is under way any more
                self._lease = None

    def tell_of_child(self, parent_id: str) -> None:
        """A child of that parent is over."""
        with self._busy:
            self._untold_parent = parent_id
            self._look_soon()

    def _look_soon(self) -> None:
        """To be called with `_busy` held."""
        if not self._looks_soon:
            self._looks_soon = True
            self._wake.set()

    def _run(self) -> None:
        renew_at = clock.monotonic() + self._tick_seconds
        while not self._stopped:
            if self._wake.wait(SOON_SECONDS if self._looks_soon else self._tick_seconds):
                self._wake.clear()
                continue
            is_tick = clock.monotonic() >= renew_at or not self._looks_soon
            if is_tick:
                renew_at = clock.monotonic() + self._tick_seconds
            self._look(is_tick=is_tick)

    def _look(self, *, is_tick: bool) -> None:
        with self._busy:
            lease = self._lease
            self._looks_soon = lease is not None and lease is not self._seen
            self._seen = lease
            if lease is not None and not lease.lost:
                lease.reporter.let_go()
                if is_tick:
                    self._renew(lease)
        if lease is not None and not lease.lost and is_tick:
            self._pass_on(lease)
        self._tell_of_ended()

    def _tell_of_ended(self) -> None:
        """Let a parent's bar follow its children that are over; where another has told it a moment ago, soon again."""
        parent_id, self._untold_parent = self._untold_parent, None
        if self._tell_parent is None or parent_id is None:
            return
        try:
            told = self._tell_parent(parent_id)
        except SQLAlchemyError as e:  # the next child that is over tries again
            log.warning("parent_not_told", job_id=parent_id, error=str(e))
            return
        if not told:
            self.tell_of_child(parent_id)

    def _pass_on(self, lease: Lease) -> None:
        """Let the parent's bar follow its child's, and its document not be forgotten; the child may be over by now."""
        progress, now = lease.kept_progress, clock.monotonic()
        moved = progress != lease.told_progress or now - lease.told_at > KEEP_SECONDS
        if self._tell_parent is None or lease.parent_id is None or not moved:
            return
        try:  # where this fails, or another has told it a moment ago, the next tick tries again
            if self._tell_parent(lease.parent_id):
                lease.told_progress, lease.told_at = progress, now
        except SQLAlchemyError as e:
            log.warning("parent_not_told", job_id=lease.job_id, error=str(e))

    def _renew(self, lease: Lease) -> None:
        lease.reporter.flush()
        values = lease.reporter.row_values()
        statement = (
            update(Job)
            # A parent that has been let go of has no owner: a lease that came after that would run out as a lost one.
            .where(holds(lease.job_id, lease.attempt), Job.lease_owner.is_not(None))
            .values(lease_until=db_now() + self._lease_seconds, **values)
            .returning(Job.cancel_requested_at)
        )
        try:
            engine = self._engine.execution_options(sqlite_begin="IMMEDIATE")
            with lease.journal.taken() as lines, engine.begin() as connection:
                row = connection.execute(statement).one_or_none()
                if row is not None:
                    journal.write(connection, lines)
        except SQLAlchemyError as e:
            # The lease has a while to run: the next tick tries again, and the fence guards what comes too late.
            log.warning("lease_not_renewed", job_id=lease.job_id, error=str(e))
            return
        lease.lost = row is None
        lease.kept_progress = values["progress"]
        lease.cancel_requested = row is not None and row.cancel_requested_at is not None
        if lease.cancel_requested:
            lease.reporter.cancel_requested()
