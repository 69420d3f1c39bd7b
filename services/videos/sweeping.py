"""Files of videos that are gone, or whose film is the renderer's now: their rows tell of them no more."""

from collections.abc import Iterator, Sequence

import structlog
from sqlalchemy import exists, or_, select

from clients.storage import StorageAway
from extensions import db
from models import Job, Video
from services.jobs import states as job_states
from services.media import stored
from services.renders.copies import COPY_RENDER
from services.videos import files
from services.videos.runs import has_file

log = structlog.get_logger(__name__)

BATCH = 500  # videos


def sweep() -> Iterator[int]:
    """Remove them, batch by batch; how many files each batch had. A video's row is there before any file of it."""
    try:
        by_video = _files_by_video()
        ids = list(by_video)
        for first in range(0, len(ids), BATCH):
            keys = [key for video_id in _gone(ids[first : first + BATCH]) for key in by_video[video_id]]
            stored.forget(keys)
            yield len(keys)
    except (StorageAway, OSError) as e:  # the next night will do
        log.warning("files_not_swept", error=str(e))


def _files_by_video() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in stored.storage().list(files.FOLDER):
        found.setdefault(key.removeprefix(files.FOLDER).partition("/")[0], []).append(key)
    return found


def _gone(ids: Sequence[str]) -> list[str]:
    """Those without a row that has a file here, or that is about to have the copy of what was rendered."""
    copying = (Job.type == COPY_RENDER, Job.target_id == Video.render_id, Job.status.in_(job_states.LIVE))
    kept = select(Video.id).where(Video.id.in_(ids), or_(has_file(), exists().where(*copying)))
    there = set(db.session.scalars(kept))
    db.session.rollback()
    return [video_id for video_id in ids if video_id not in there]
