"""What must be in place before anything starts: the database's schema, the first owner, the sample library."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from flask_migrate import upgrade
from sqlalchemy import select

from config import Settings
from extensions import current_settings, db
from models import Song
from services.importing import import_batch
from services.importing.folders import PlainWork, SilentProgress, files_in
from services.library.users import default_owner

log = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "migrations"
SAMPLE_LIBRARY = ROOT / "sample_library"


def prepare() -> None:
    """Bring the database up to date, and on the very first start fill the library. Safe to call again, and at once."""
    settings = current_settings()
    with _one_at_a_time(settings):
        upgrade(str(MIGRATIONS))
        owner_id = default_owner().id
        marker = settings.data_dir / "sample_library_loaded"
        if settings.sample_library and not marker.exists():
            if db.session.scalar(select(Song.id).limit(1)) is None:
                _load_samples(owner_id)
            marker.touch()


def _load_samples(owner_id: int) -> None:
    files = [file for file in files_in([SAMPLE_LIBRARY]) if file.path.suffix in {".lrc", ".m3u8"}]
    report = import_batch(owner_id, files, PlainWork(SilentProgress()))
    log.info("sample_library_loaded", **report.counts)


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    with (settings.data_dir / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
