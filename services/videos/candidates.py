"""Videos that wait, with what the rule asks of each: the oldest first, a batch at a time, each batch one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, tuple_, union_all

from extensions import db, db_now, seekable_now
from models import Job, Upload, Video
from services.jobs import states as job_states
from services.videos import states
from services.videos.reads import VIDEO, no_such_video
from services.videos.runs import JOB_TYPE, has_file
from services.videos.stuck import Facts

Place = tuple[float, str]  # created_at and id of the video before


@dataclass(frozen=True, slots=True)
class Unmade:
    """The upload that is to bring a video's file, as long as nothing was made of it; `moved_at` as its row says."""

    upload_id: str
    size_bytes: int
    moved_at: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A video as it was at `seen_at`, by the database's clock; `live_job_id` is its run, where one is live."""

    video_id: str
    name: str
    tenant_id: str
    facts: Facts
    seen_at: float
    live_job_id: str | None
    upload: Unmade | None

    @property
    def place(self) -> Place:
        return self.facts.created_at, self.video_id


def batch(limit: int, *, older_than_seconds: float, after: Place | None = None) -> list[Candidate]:
    """Those that wait and are older than that, from behind a place on."""
    # A part for each status, since each is then read off the index in its order, and no further than is needed.
    parts = [_of_status(status, limit, older_than_seconds, after).subquery() for status in states.WAITING]
    waiting = union_all(*(select(part.c.id) for part in parts))
    return _read(Video.id.in_(waiting), limit)


def one(video_id: str) -> Candidate:
    """The video of that id, whether it waits or not.

    :raise NotFound: if there is none.
    """
    found = _read(Video.id == video_id, 1)
    if not found:
        raise no_such_video(video_id)
    return found[0]


def _of_status(status: str, limit: int, older_than_seconds: float, after: Place | None) -> Select[str]:
    wanted = select(Video.id).where(
        Video.status == status, Video.created_at < seekable_now() - older_than_seconds, has_file()
    )
    if after is not None:
        wanted = wanted.where(tuple_(Video.created_at, Video.id) > tuple_(*after))
    return wanted.order_by(Video.created_at, Video.id).limit(limit)


def _read(wanted: ColumnElement[bool], limit: int) -> list[Candidate]:
    live = select(func.max(Job.id)).where(
        Job.target_type == VIDEO, Job.target_id == Video.id, Job.type == JOB_TYPE, Job.status.in_(job_states.LIVE)
    )
    query = (
        select(
            Video.id,
            Video.name,
            Video.tenant_id,
            Video.status,
            Video.created_at,
            Video.run_ended_at,
            Video.recover_at,
            live.scalar_subquery().label("live_job_id"),
            Upload.id.label("upload_id"),
            Upload.size_bytes.label("upload_size_bytes"),
            Upload.updated_at.label("upload_moved_at"),
            db_now().label("seen_at"),
        )
        .outerjoin(Upload, (Upload.id == Video.upload_id) & Upload.made_id.is_(None))
        .where(wanted)
        .order_by(Video.created_at, Video.id)
        .limit(limit)
    )
    rows: Sequence[Row[Any]] = db.session.execute(query).all()
    db.session.rollback()
    return [_candidate(row) for row in rows]


def _candidate(row: Row[Any]) -> Candidate:
    facts = Facts(
        status=row.status,
        created_at=row.created_at,
        has_live_run=row.live_job_id is not None,
        run_ended_at=row.run_ended_at,
        recover_at=row.recover_at,
    )
    upload = Unmade(row.upload_id, row.upload_size_bytes, row.upload_moved_at) if row.upload_id else None
    return Candidate(row.id, row.name, row.tenant_id, facts, row.seen_at, row.live_job_id, upload)
