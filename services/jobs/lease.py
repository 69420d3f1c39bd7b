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
    down what the job has logged. Of a child it calls `tell_parent` with the parent's id once its bar has moved, until
    that says that it has told.
    """

    def __init__(
        self, engine: Engine, *, lease_seconds: float, tell_parent: Callable[[str], bool] | None = None
    ) -> None:
        self._engine = engine
        self._tell_parent = tell_parent
        self._lease_seconds = lease_seconds
        self._tick_seconds = min(MAX_TICK_SECONDS, lease_seconds / 3)
        self._lease: Lease | None = None
        self._stop = threading.Event()
        self._busy = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="lease-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    @contextmanager
    def keep(self, job_id: str, attempt: int, reporter: Reporter, *, parent_id: str | None = None) -> Iterator[Lease]:
        lease = Lease(job_id, attempt, reporter, Journal(job_id, attempt), parent_id=parent_id)
        with self._busy:
            self._lease = lease
        try:
            yield lease
        finally:
            with self._busy:  # after this no renewal of this job is under way any more
                self._lease = None

    def _run(self) -> None:
        while not self._stop.wait(self._tick_seconds):
            with self._busy:
                lease = self._lease
                if lease is not None and not lease.lost:
                    self._renew(lease)
            if lease is not None and not lease.lost:
                self._pass_on(lease)

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
            .where(holds(lease.job_id, lease.attempt))
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
