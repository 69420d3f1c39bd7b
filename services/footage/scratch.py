"""A folder for what a run of a step makes on its way, whether a job does it or a person's command."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from extensions import current_settings
from services.footage.context import Context

FOLDER = "footage-work"


@contextmanager
def scratch(context: Context) -> Iterator[Path]:
    """An empty folder of this run alone in `DATA_DIR`, gone at the end of the block.

    It is locked meanwhile: the kernel lets go of the lock when the process was killed, and the next run removes it.
    """
    root = current_settings().data_dir / FOLDER
    root.mkdir(parents=True, exist_ok=True)
    mine = root / context.work_id
    with _locked(root):
        _sweep(root)
        mine.mkdir()
        held = _lock(mine)
    try:
        yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)
        os.close(held)


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """One at a time: a folder that was just made has no lock yet, and must not be swept."""
    descriptor = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sweep(root: Path) -> None:
    """Remove the folders of runs that were killed."""
    for folder in root.iterdir():
        try:
            os.close(_lock(folder))
        except (BlockingIOError, FileNotFoundError):  # it is at work, or has just ended
            continue
        shutil.rmtree(folder, ignore_errors=True)


def _lock(folder: Path) -> int:
    """:raise BlockingIOError: if somebody else has it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor
