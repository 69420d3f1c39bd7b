"""What a worker's process has ready before it runs anything: the app, and in each horse a lease keeper."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from flask import Flask

from core import create_core
from extensions import current_settings, db
from services.jobs import children
from services.jobs.lease import LeaseKeeper
from services.jobs.runner import Runner
from services.jobs.timings import TimingBook


@cache
def app() -> Flask:
    """The app of this process; made before the fork, so that no job pays for it."""
    return create_core()


def worker_label() -> str:
    return f"{socket.gethostname()}:{os.environ.get('RQ_WORKER_ID', 'shell')[:8]}"


@contextmanager
def runner() -> Iterator[Runner]:
    """A runner inside the app context, with its lease keeper; what it learned of durations is saved at the end."""
    with app().app_context():
        settings = current_settings()
        timings = TimingBook()
        keeper = LeaseKeeper(db.engine, lease_seconds=settings.lease_seconds, tell_parent=children.teller(app()))
        keeper.start()
        try:
            yield Runner(settings, os.environ.get("RQ_WORKER_ID", str(os.getpid())), worker_label(), keeper, timings)
            timings.save()
        finally:
            keeper.stop()
            db.session.remove()
