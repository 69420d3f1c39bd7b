"""What must be in place before anything starts: the database's schema, the first owner, the sample library."""

from pathlib import Path

import structlog
from sqlalchemy import select

from extensions import current_settings, db
from models import Song
from services import schema
from services.library.users import default_owner

log = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_LIBRARY = ROOT / "sample_library"


def prepare() -> None:
    """Bring the database up to date, and on the very first start fill the library. Safe to call again, and at once."""
    settings = current_settings()
    with schema.one_at_a_time(db.engine, settings.data_dir / "prepare.lock"):
        schema.bring_up_to_date()
        owner_id = default_owner().id
        marker = settings.data_dir / "sample_library_loaded"
        if settings.sample_library and not marker.exists():
            if db.session.scalar(select(Song.id).limit(1)) is None:
                _load_samples(owner_id)
            marker.touch()


def _load_samples(owner_id: int) -> None:
    from services.importing.folders import PlainWork, SilentProgress, files_in  # only the first start has use for them
    from services.importing.importer import import_batch

    files = [file for file in files_in([SAMPLE_LIBRARY]) if file.path.suffix in {".lrc", ".m3u8"}]
    report = import_batch(owner_id, files, PlainWork(SilentProgress()))
    log.info("sample_library_loaded", **report.counts)
