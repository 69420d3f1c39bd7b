"""Runs of a video's initial processing: the one place that starts them, and what the video keeps of their ends.

Two constraints make one run of however many starts at the same moment: the video's row takes a new `job_id` only from
whoever has seen the last one, and the engine has one live job for each `active_key`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from ulid import ULID

import crashpoints
from errors import Conflict, Unavailable
from extensions import db, db_now, transaction
from models import Job, Upload, Video
from services.importing.kinds import MEBIBYTE
from services.jobs import states as job_states
from services.jobs.submit import MAX_TRIES, Promise, keep, promise
from services.videos import states
from services.videos.ends import Verdict, verdict
from services.videos.reads import VIDEO, get_video, no_such_video

log = structlog.get_logger(__name__)

JOB_TYPE = "process_video"
NO_PROBLEM: dict[str, Any] = {"problem": None, "problem_text": None}
# A person may have any video processed but one whose file is still on its way.
BY_A_PERSON = (states.PENDING, states.PROCESSING, states.FAILED, states.READY)


@dataclass(frozen=True, slots=True)
class Run:
    """The job that processes a video, and whether it was there already."""

    job_id: str
    already_running: bool


@dataclass(frozen=True, slots=True)
class StillStuck:
    """What must hold of a video at the moment at which a run of it is made by itself; by the database's clock."""

    older_than_seconds: float
    quiet_seconds: float  # since the end of its last run

    def holds(self) -> ColumnElement[bool]:
        return and_(
            Video.created_at < db_now() - self.older_than_seconds,
            or_(Video.run_ended_at.is_(None), Video.run_ended_at < db_now() - self.quiet_seconds),
            or_(Video.recover_at.is_(None), Video.recover_at <= db_now()),
        )


def has_live_run() -> ColumnElement[bool]:
    """Of videos: a run is queued, scheduled, deferred or started."""
    ours = (Job.target_type == VIDEO, Job.target_id == Video.id, Job.type == JOB_TYPE)
    return exists().where(*ours, Job.status.in_(job_states.LIVE))


def has_file() -> ColumnElement[bool]:
    """Of videos: there is a file of it, or one is to come by an upload."""
    return or_(Video.upload_id.is_not(None), Video.media_key.is_not(None))


def start(video_id: str, *, by: str, tags: Sequence[str] = (), only_if: StillStuck | None = None) -> Run:
    """Have a video processed, or find the run that is live; `by` is who wants it, for the log.

    With `only_if` a video that waits is started, and only if that holds still; without, any that a person may start.

    :raise NotFound: if there is no such video. :raise Conflict: `not_stuck` if `only_if` does not hold,
    `upload_in_progress` or `no_file` without it. :raise Unavailable: if others are always ahead.
    """
    statuses = BY_A_PERSON if only_if is None else states.WAITING
    for _ in range(MAX_TRIES):
        promised = _promised(video_id, statuses, tags, only_if)
        if promised is not None:
            ring(promised, video_id, by)
            return Run(promised.job_id, already_running=False)
        if live_id := live_run(video_id):
            return Run(live_id, already_running=True)
        _refuse(video_id, only_if)
    raise Unavailable("The video could not be started just now; try again.")


def ring(promised: Promise, video_id: str, by: str) -> None:
    """Once the promise is committed."""
    crashpoints.reached("U2")
    keep(promised)
    log.info("video_run_promised", video_id=video_id, job_id=promised.job_id, by=by)


def _promised(
    video_id: str, statuses: Sequence[str], tags: Sequence[str], only_if: StillStuck | None
) -> Promise | None:
    try:
        with transaction() as session:
            return promise_within(session, video_id, statuses, tags=tags, only_if=only_if)
    except IntegrityError:  # somebody else has promised it at this moment
        return None


def promise_within(
    session: Session,
    video_id: str,
    statuses: Sequence[str],
    *,
    tags: Sequence[str] = (),
    only_if: StillStuck | None = None,
) -> Promise | None:
    """Bring a video that is at one of these statuses to `pending` and promise its run, in the caller's transaction.

    None if it may not be, or has a run. :raise IntegrityError: if somebody else promises it; nothing may be committed.
    """
    # Held until the commit: whoever ends a run, or has its last piece, comes before or after this as a whole.
    seen = session.scalar(select(Video.job_id).where(Video.id == video_id).with_for_update())
    job_id = str(ULID())
    guard = [Video.id == video_id, Video.status.in_(statuses), Video.job_id.is_not_distinct_from(seen)]
    guard += [~has_live_run(), has_file(), *([only_if.holds()] if only_if else [])]
    values = {"status": states.PENDING, "job_id": job_id, "recover_at": None, "updated_at": db_now(), **NO_PROBLEM}
    if only_if is None:  # a person, or the last piece of its file: what failed before counts no more
        values["failures"] = 0
    row = session.execute(
        update(Video)
        .where(*guard)
        .values(values)
        .returning(Video.name, Video.file_name, Video.owner_id, Video.size_bytes)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        return None
    return promise(
        session,
        JOB_TYPE,
        target_type=VIDEO,
        target_id=video_id,
        title=row.name or row.file_name or video_id,
        owner_id=row.owner_id,
        params={"size": max(1, (row.size_bytes or 0) // MEBIBYTE)},
        job_id=job_id,
        tags=tags,
    )


def live_run(video_id: str) -> str | None:
    """The id of the job that is live, the newest if there should be several."""
    job_id = live_runs([video_id]).get(video_id)
    db.session.rollback()
    return job_id


def live_runs(video_ids: Sequence[str]) -> dict[str, str]:
    """The ids of the jobs that are live, by those of their videos."""
    of_these = (Job.target_type == VIDEO, Job.target_id.in_(video_ids), Job.type == JOB_TYPE)
    live = select(Job.target_id, Job.id).where(*of_these, Job.status.in_(job_states.LIVE)).order_by(Job.id)
    return {video_id: job_id for video_id, job_id in db.session.execute(live) if video_id}


def _refuse(video_id: str, only_if: StillStuck | None) -> None:
    """:raise NotFound, Conflict: if it may not be started; one whose run has ended a moment ago may."""
    video = get_video(video_id)
    status, is_to_be_had = video.status, video.upload_id is not None or video.media_key is not None
    db.session.rollback()
    if only_if is not None:
        raise Conflict("The video is not stuck any more.", code="not_stuck", details={"status": status})
    if status == states.UPLOADING:
        message = "The video's file is not all here yet: its processing begins by itself once it is."
        raise Conflict(message, code="upload_in_progress", details={"status": status})
    if not is_to_be_had:
        message = "There is no file of this video here, so there is nothing to process."
        raise Conflict(message, code="no_file", details={"status": status})


def begin(session: Session, video_id: str, job_id: str) -> None:
    """The job has begun: to be called behind its fence.

    :raise NotFound: if the video is gone, or has no file here since a render took its place.
    """
    statuses = (*states.leading_to(states.PROCESSING), states.PROCESSING)
    begun = update(Video).where(Video.id == video_id, Video.status.in_(statuses), has_file())
    values = {"status": states.PROCESSING, "job_id": job_id, "updated_at": db_now(), **NO_PROBLEM}
    began = begun.values(values).returning(Video.id).execution_options(synchronize_session=False)
    if session.scalar(began) is None:
        raise no_such_video(video_id)


def run_ended(session: Session, job_id: str, status: str) -> None:
    """What a video hears of the end of its run, in the transaction that ends the job."""
    job = session.get(Job, job_id, populate_existing=True)
    if job is None:
        return
    # Held until the commit, so that what is read of its upload is so still.
    held = select(Video.id, Video.status, Video.failures, Video.upload_id).where(Video.job_id == job_id)
    video = session.execute(held.where(Video.id == job.target_id).with_for_update()).one_or_none()
    if video is None:  # it is gone, or a later run is there
        return
    values: dict[str, Any] = {"run_ended_at": db_now(), "updated_at": db_now()}
    if video.status in (states.PENDING, states.PROCESSING):
        whole = _is_whole(session, video.upload_id)
        code, sentence = job.error_code or "failed", job.error or "Its processing failed."
        values |= _values(verdict(status, code, sentence, failures_before=video.failures, is_upload_whole=whole))
    session.execute(
        update(Video).where(Video.id == video.id).values(values).execution_options(synchronize_session=False)
    )


def _is_whole(session: Session, upload_id: str | None) -> bool:
    made = select(Upload.id).where(Upload.id == upload_id, Upload.made_id.is_not(None))
    return session.scalar(made) is not None


def _values(found: Verdict) -> dict[str, Any]:
    return {
        "status": found.status,
        "failures": found.failures,
        "recover_at": None if found.delay_seconds is None else db_now() + found.delay_seconds,
        "problem": found.problem,
        "problem_text": found.problem_text,
    }
