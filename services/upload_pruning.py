"""What becomes of uploads that were left alone: the janitor's part."""

import structlog
from sqlalchemy import ColumnElement, and_, exists, select

import clock
from errors import BackbeatError, NotFound
from extensions import current_settings, db
from models import Footage, Job, Upload, Video
from services import resumable
from services.footage.catalogue import UPLOAD_PREFIX
from services.footage.states import FAILED
from services.jobs import states
from services.upload_files import LOCK_SECONDS, Locked, locked
from services.uploads import is_old
from services.videos import states as video_states

log = structlog.get_logger(__name__)

BATCH = 100
NO_PATIENCE_SECONDS = 0.0


def prune() -> int:
    """Finish what is whole, and forget what has been left alone, or is no longer needed; how many it forgot."""
    for upload_id, size_bytes in _unfinished():
        if _bytes_in(upload_id) == size_bytes:
            _finish(upload_id)
    return _forget_expired() + _remove_orphans()


def _bytes_in(upload_id: str) -> int | None:
    """None where there is no file here, or none that can be seen."""
    try:
        return resumable.path_of(upload_id).stat().st_size
    except FileNotFoundError:
        return None
    except OSError as e:
        log.warning("upload_not_seen", upload_id=upload_id, reason=e.strerror)
        return None


def _finish(upload_id: str) -> None:
    """What a process did not come to that was killed after the last piece; one that cannot be holds up no other."""
    try:
        with locked(resumable.path_of(upload_id)):
            resumable.finish(upload_id)
    except Locked:
        log.info("upload_in_use", upload_id=upload_id)
    except BackbeatError as e:
        log.warning("upload_not_finished", upload_id=upload_id, code=e.code, reason=e.message)


def _unfinished() -> list[tuple[str, int]]:
    """Ids and sizes of uploads whose last piece came some time ago, the newest first; more are left for next time."""
    quiet = Upload.updated_at < clock.now() - LOCK_SECONDS
    found = select(Upload.id, Upload.size_bytes).where(resumable.unfinished(), quiet)
    rows = db.session.execute(found.order_by(Upload.updated_at.desc(), Upload.id.desc()).limit(BATCH)).all()
    db.session.rollback()
    return [(upload_id, size_bytes) for upload_id, size_bytes in rows]


def _forget_expired() -> int:
    needed = exists().where(Job.id == Upload.id, Job.status != states.FINISHED)
    of_footage = exists().where(Footage.id == Upload.made_id, *_needs_its_upload())
    of_video = exists().where(Video.upload_id == Upload.id, Upload.made_id.is_not(None), *_video_needs_it())
    old = Upload.updated_at < clock.now() - resumable.KEPT_SECONDS
    ids = list(db.session.scalars(select(Upload.id).where(old, ~needed, ~of_footage, ~of_video).limit(BATCH)))
    db.session.rollback()
    return sum(_forget(upload_id, old) for upload_id in ids)


def _forget(upload_id: str, old: ColumnElement[bool]) -> bool:
    """Whether it was forgotten: nobody writes to it, and it is still `old`. One that cannot be holds up no other."""
    try:
        with locked(resumable.path_of(upload_id), NO_PATIENCE_SECONDS):
            return resumable.forget(upload_id, old)
    except Locked:
        log.info("upload_in_use", upload_id=upload_id)
    except NotFound:  # its file
        return resumable.forget(upload_id, old)
    except BackbeatError as e:
        log.warning("upload_not_forgotten", upload_id=upload_id, code=e.code, reason=e.message)
    return False


def _needs_its_upload() -> tuple[ColumnElement[bool], ...]:
    """Of footage: its file was not brought in yet, and may still be; one that has failed for long is given up."""
    given_up = and_(Footage.status == FAILED, Footage.entered_at < clock.now() - resumable.KEPT_SECONDS)
    return Footage.media_key.is_(None), ~given_up


def _video_needs_it() -> tuple[ColumnElement[bool], ...]:
    """Of videos, the same."""
    long_ago = Video.updated_at < clock.now() - resumable.KEPT_SECONDS
    return Video.media_key.is_(None), ~and_(Video.status == video_states.FAILED, long_ago)


def _remove_orphans() -> int:
    """Remove files that nobody knows any more: of people or footage that were deleted, or brought in already."""
    folder = current_settings().uploads_dir
    names = [path.name for path in folder.iterdir() if len(path.name) == 26 and path.is_file() and is_old(path)]
    known = set(db.session.scalars(select(Upload.id).where(Upload.id.in_(names))))
    by_source = {f"{UPLOAD_PREFIX}{name}": name for name in names}
    of_footage = select(Footage.source).where(Footage.source.in_(by_source), *_needs_its_upload())
    known |= {by_source[source] for source in db.session.scalars(of_footage) if source}
    db.session.rollback()
    left = [name for name in names if name not in known]
    for name in left:
        resumable.path_of(name).unlink(missing_ok=True)
    return len(left)
