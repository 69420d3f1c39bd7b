"""The sign of life of a running job: a thread that renews the lease, and learns there that the job is to stop."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine, update
from sqlalchemy.exc import SQLAlchemyError

from extensions import db_now
from models import Job
from services.jobs import journal
from services.jobs.journal import Journal
from services.jobs.moves import holds
from services.jobs.progress import Reporter

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


class LeaseKeeper:
    """Keeps the lease of one job at a time, on a database connection of its own, by the database's clock.

    It also copies the progress into the row, so that an answer from SQL is never far behind one from Redis, and writes
    down what the job has logged.
    """

    def __init__(self, engine: Engine, *, lease_seconds: float) -> None:
        self._engine = engine
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
    def keep(self, job_id: str, attempt: int, reporter: Reporter) -> Iterator[Lease]:
        lease = Lease(job_id, attempt, reporter, Journal(job_id, attempt))
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
                if self._lease is not None and not self._lease.lost:
                    self._renew(self._lease)

    def _renew(self, lease: Lease) -> None:
        lease.reporter.flush()
        statement = (
            update(Job)
            .where(holds(lease.job_id, lease.attempt))
            .values(lease_until=db_now() + self._lease_seconds, **lease.reporter.row_values())
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
        lease.cancel_requested = row is not None and row.cancel_requested_at is not None
        if lease.cancel_requested:
            lease.reporter.cancel_requested()
