"""Videos left at `processing` though nothing works on them any more: they wait again, and recovery finds them.

A run and its video end in one transaction, so this is for what happened to jobs by other hands: a database that was
mended, a backup that was played back.
"""

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.sql import ColumnElement

from extensions import db, db_now, transaction
from models import Render, Video
from services.renders import states as render_states
from services.videos import states
from services.videos.runs import has_file, has_live_run

log = structlog.get_logger(__name__)

BATCH = 100


def settle() -> int:
    """How many were brought back, at most a batch."""
    seen = db.session.execute(select(Video.id, Video.job_id).where(*_left_behind()).limit(BATCH)).all()
    db.session.rollback()
    return sum(_settle(video_id, job_id) for video_id, job_id in seen)


def _left_behind() -> tuple[ColumnElement[bool], ...]:
    """One that a renderer makes something of is the render monitor's."""
    unmade = (render_states.PROCESSING, render_states.EXPIRED)
    is_rendered = exists().where(Render.id == Video.render_id, Render.status.in_(unmade))
    return Video.status == states.PROCESSING, has_file(), ~has_live_run(), ~is_rendered


def _settle(video_id: str, job_id: str | None) -> bool:
    # Only as it was seen: a run that was begun since has put its own job's id there.
    as_seen = (Video.id == video_id, Video.job_id.is_not_distinct_from(job_id), *_left_behind())
    with transaction() as session:
        back = update(Video).where(*as_seen).values(status=states.PENDING, updated_at=db_now()).returning(Video.id)
        settled = session.scalar(back.execution_options(synchronize_session=False)) is not None
    if settled:
        log.warning("video_left_processing", video_id=video_id, job_id=job_id)
    return settled
