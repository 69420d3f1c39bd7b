"""The janitor's process: `python -m workers.janitor`. Any number may run; one is enough."""

import os
import signal
import socket
import threading

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from extensions import current_settings, db, db_now, transaction
from models import Heartbeat
from services import uploads
from services.jobs.janitor import Janitor
from workers import context

log = structlog.get_logger(__name__)


def beat() -> None:
    """Say that this janitor lives; `/readyz` and the worker page look at it."""
    name = f"janitor:{socket.gethostname()}:{os.getpid()}"
    with transaction() as session:
        session.merge(
            Heartbeat(
                name=name,
                kind="janitor",
                host=socket.gethostname(),
                pid=os.getpid(),
                at=session.scalar(select(db_now())) or 0.0,
            )
        )


def main() -> None:
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    with context.app().app_context():
        settings = current_settings()
        janitor = Janitor(settings, prunes=(uploads.remove_leftovers,))
        while not stop.is_set():
            try:
                janitor.sweep()
                beat()
            except SQLAlchemyError as e:  # the database is away or busy: the next round tries again
                log.warning("sweep_failed", error=str(e))
                db.session.remove()
            stop.wait(settings.janitor_interval_seconds)


if __name__ == "__main__":
    main()
