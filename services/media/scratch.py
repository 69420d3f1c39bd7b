"""A folder for what an attempt makes on its way; what a killed worker left in one goes with the next."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import select

import clock
from extensions import current_settings, db
from models import Job
from services.jobs import states

FOLDER = "work"
JOB_ID_CHARS = 26
OLD_SECONDS = 86_400.0


def scratch(job_id: str, attempt: int) -> AbstractContextManager[Path]:
    """An empty folder of that attempt alone, as `scratch_of`.

    One that lost its lease may still run beside the next, and removes only what is its own.
    """
    return scratch_of(_name(job_id, attempt))


@contextmanager
def scratch_of(work_id: str) -> Iterator[Path]:
    """An empty folder in `DATA_DIR`, gone at the end of the block.

    `work_id` is a job's id and the number of its attempt, with a hyphen between, or names work that is no job's.
    """
    folder = current_settings().data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    mine = folder / work_id
    shutil.rmtree(mine, ignore_errors=True)
    mine.mkdir()
    try:
        yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what is left of attempts that nobody runs any more, and of other work that is old."""
    left = {path.name for path in folder.iterdir() if _is_of_job(path.name) or _is_old(path)}
    if left:
        ids = {name.partition("-")[0] for name in left}
        started = select(Job.id, Job.attempt).where(Job.id.in_(ids), Job.status == states.STARTED)
        running = {_name(job_id, attempt) for job_id, attempt in db.session.execute(started)}
        db.session.rollback()
        for name in left - running:
            shutil.rmtree(folder / name, ignore_errors=True)


def _is_of_job(name: str) -> bool:
    return len(name.partition("-")[0]) == JOB_ID_CHARS


def _is_old(path: Path) -> bool:
    try:
        return clock.now() - path.stat().st_mtime > OLD_SECONDS
    except FileNotFoundError:  # its owner has just ended
        return False


def _name(job_id: str, attempt: int) -> str:
    return f"{job_id}-{attempt}"
