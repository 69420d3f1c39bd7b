"""A folder for what an attempt makes on its way; what a killed worker left in one goes with the next."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from extensions import current_settings, db
from models import Job
from services.jobs import states

FOLDER = "work"


@contextmanager
def scratch(job_id: str, attempt: int) -> Iterator[Path]:
    """An empty folder of that attempt alone in `DATA_DIR`, gone at the end of the block.

    One that lost its lease may still run beside the next, and removes only what is its own.
    """
    folder = current_settings().data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    mine = folder / _name(job_id, attempt)
    shutil.rmtree(mine, ignore_errors=True)
    mine.mkdir()
    try:
        yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what is left of attempts that nobody runs any more."""
    left = {path.name for path in folder.iterdir()}
    if left:
        ids = {name.partition("-")[0] for name in left}
        started = select(Job.id, Job.attempt).where(Job.id.in_(ids), Job.status == states.STARTED)
        running = {_name(job_id, attempt) for job_id, attempt in db.session.execute(started)}
        db.session.rollback()
        for name in left - running:
            shutil.rmtree(folder / name, ignore_errors=True)


def _name(job_id: str, attempt: int) -> str:
    return f"{job_id}-{attempt}"
