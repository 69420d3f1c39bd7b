"""Videos that wait, and how they are found to have done so for long."""

import os
from typing import Any

from sqlalchemy import select, update
from ulid import ULID

import clock
from extensions import current_settings, db, transaction
from models import Job, RecoveryItem, RecoveryRun, Upload, Video
from services.library import users
from services.videos import states
from tests.videos.rows import a_video

HOUR_SECONDS = 3600.0


def a_video_in_upload(come: bytes, size_bytes: int, *, still_seconds: float = HOUR_SECONDS, **more: Any) -> str:
    """The id of a video of whose file so much has come, the last byte of it so long ago."""
    video_id, upload_id, moved_at = str(ULID()), str(ULID()), clock.now() - still_seconds
    path = current_settings().uploads_dir / upload_id
    path.write_bytes(come)
    os.utime(path, (moved_at, moved_at))
    with transaction() as session:
        session.add(
            Upload(
                id=upload_id,
                owner_id=users.default_owner().id,
                purpose="video",
                file_name="harbour.mp4",
                size_bytes=size_bytes,
                details={"id": video_id, "name": "", "tenant_id": None, "sha256": None},
                created_at=moved_at,
                updated_at=moved_at,
            )
        )
    return a_video(id=video_id, upload_id=upload_id, status=states.UPLOADING, size_bytes=size_bytes, **more)


def an_hour_later(video_id: str) -> None:
    """A video that came in a moment ago has waited for long, and so has its upload."""
    long_ago = clock.now() - HOUR_SECONDS
    with transaction() as session:
        session.execute(update(Video).where(Video.id == video_id).values(created_at=long_ago))
        upload_id = session.scalar(select(Video.upload_id).where(Video.id == video_id))
        session.execute(update(Upload).where(Upload.id == upload_id).values(updated_at=long_ago))
    path = current_settings().uploads_dir / str(upload_id)
    if path.is_file():
        os.utime(path, (long_ago, long_ago))


def video(video_id: str) -> Video:
    """As it is by now."""
    db.session.rollback()
    return db.session.get_one(Video, video_id, populate_existing=True)


def runs_of(video_id: str) -> list[Job]:
    db.session.rollback()
    query = select(Job).where(Job.target_id == video_id, Job.type == "process_video").order_by(Job.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def run_row(run_id: str) -> RecoveryRun:
    db.session.rollback()
    return db.session.get_one(RecoveryRun, run_id, populate_existing=True)


def item_rows(run_id: str) -> list[RecoveryItem]:
    db.session.rollback()
    return list(db.session.scalars(select(RecoveryItem).where(RecoveryItem.run_id == run_id).order_by(RecoveryItem.id)))
