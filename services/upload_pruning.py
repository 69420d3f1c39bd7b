"""What becomes of uploads that were left alone: the janitor's part."""

import structlog
from sqlalchemy import exists, select

import clock
from extensions import current_settings, db
from models import Job, Upload
from services import resumable
from services.jobs import states
from services.upload_files import LOCK_SECONDS, Locked, locked
from services.uploads import is_old

log = structlog.get_logger(__name__)

BATCH = 100


def prune() -> int:
    """Finish what is whole, and forget what has been left alone, or is no longer needed; how many it forgot."""
    forgotten = _forget_expired() + _remove_orphans()
    for upload_id in _unmade():
        path = resumable.path_of(upload_id)
        if path.is_file() and path.stat().st_size == resumable.get_upload(upload_id).size_bytes:
            _finish(upload_id)
    return forgotten


def _finish(upload_id: str) -> None:
    """What a process did not come to that was killed after the last piece."""
    try:
        with locked(resumable.path_of(upload_id)):
            resumable.finish(upload_id)
    except Locked:
        log.info("upload_in_use", upload_id=upload_id)


def _unmade() -> list[str]:
    """Uploads whose last piece came some time ago; more of them are left for the next time."""
    quiet = Upload.updated_at < clock.now() - LOCK_SECONDS
    ids = list(db.session.scalars(select(Upload.id).where(Upload.made_id.is_(None), quiet).limit(BATCH)))
    db.session.rollback()
    return ids


def _forget_expired() -> int:
    needed = exists().where(Job.id == Upload.id, Job.status != states.FINISHED)
    old = Upload.updated_at < clock.now() - resumable.KEPT_SECONDS
    ids = list(db.session.scalars(select(Upload.id).where(old, ~needed).limit(BATCH)))
    db.session.rollback()
    for upload_id in ids:
        resumable.forget(upload_id)
    return len(ids)


def _remove_orphans() -> int:
    """Remove files whose uploads are known no more: those of people who were deleted."""
    folder = current_settings().uploads_dir
    names = [path.name for path in folder.iterdir() if len(path.name) == 26 and path.is_file() and is_old(path)]
    known = set(db.session.scalars(select(Upload.id).where(Upload.id.in_(names))))
    db.session.rollback()
    left = [name for name in names if name not in known]
    for name in left:
        resumable.path_of(name).unlink(missing_ok=True)
    return len(left)
