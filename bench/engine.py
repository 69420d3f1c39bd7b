"""The engine as it runs: the application, a worker and the janitor, on a database and a Redis of their own."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from app import create_app
from bench.noise import cpu_seconds
from bench.servers import process, python, wait_for
from extensions import db
from models import Job
from services.jobs import states

Environ = dict[str, str]


@contextmanager
def application(redis_url: str, where: Path, database_url: str = "") -> Iterator[Environ]:
    """The application on empty tables, within its context, and what its other processes need to know of it."""
    where.mkdir()
    settings = {"data_dir": str(where), "redis_url": redis_url, "log_level": "error"}
    if database_url:
        settings["database_url"] = database_url
    with create_app(**settings).app_context():
        db.drop_all()
        db.create_all()
        yield {name.upper(): value for name, value in settings.items()}
        db.session.remove()
        db.engine.dispose()


@contextmanager
def at_work(environ: Environ) -> Iterator[int]:
    """With the janitor and one worker, which knows the benchmark's jobs and whose process id is told."""
    with process(python("bench.worker"), environ) as worker, process(python("workers.janitor"), environ):
        yield worker.pid


def finished(type_name: str) -> int:
    """How many jobs of that type are over."""
    db.session.rollback()
    wanted = select(func.count()).select_from(Job).where(Job.type == type_name, Job.status == states.FINISHED)
    return db.session.scalar(wanted) or 0


def steady(done: Callable[[], int], jobs: int, worker_pid: int) -> dict[str, float]:
    """Jobs a second from a tenth of them to the last, so that starting up is not measured; and what of a CPU each takes
    of the worker and its horses, which says more where the machine is shared."""
    wait_for(lambda: done() >= jobs // 10)
    began, first, used = time.perf_counter(), done(), cpu_seconds(worker_pid)
    wait_for(lambda: done() >= jobs)
    seconds, used = time.perf_counter() - began, cpu_seconds(worker_pid) - used
    return {"jobs_per_second": (jobs - first) / seconds, "worker_CPU_milliseconds": used / (jobs - first) * 1000}
