"""A folder for what a job makes on its way; what a killed worker left in one goes with the next."""

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
def scratch(job_id: str) -> Iterator[Path]:
    """An empty folder under the job's id in `DATA_DIR`, gone at the end of the block."""
    folder = current_settings().data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    mine = folder / job_id
    shutil.rmtree(mine, ignore_errors=True)
    mine.mkdir()
    try:
        yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what is left of jobs that nobody runs any more."""
    left = [path.name for path in folder.iterdir()]
    if left:
        running = set(db.session.scalars(select(Job.id).where(Job.id.in_(left), Job.status == states.STARTED)))
        db.session.rollback()
        for name in set(left) - running:
            shutil.rmtree(folder / name, ignore_errors=True)
