"""The janitor's process: `python -m workers.janitor`. Any number may run; one is enough."""

import signal
import threading

import structlog
from sqlalchemy.exc import SQLAlchemyError

from extensions import current_settings, db
from services import fleet, uploads
from services.jobs.janitor import Janitor
from workers import context

log = structlog.get_logger(__name__)


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
                fleet.beat("janitor")
            except SQLAlchemyError as e:  # the database is away or busy: the next round tries again
                log.warning("sweep_failed", error=str(e))
                db.session.remove()
            stop.wait(settings.janitor_interval_seconds)


if __name__ == "__main__":
    main()
