"""What the page of one piece of footage shows, at a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import defer

import clock
from extensions import db
from models import Footage, FootageEvent, FootageSpeech, Frame, Job
from services.footage import states
from services.footage.board import live_session
from services.footage.reads import FOOTAGE, FRAME, get_footage
from services.jobs import states as job_states

WAY = tuple(status for status in states.FOOTAGE if status not in (states.AWAITING_USER_INPUT, states.FAILED))
EVENTS_SHOWN = 100
LIVE_JOBS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Stop:
    """A status on the way, and whether the record is there or past it."""

    status: str
    is_behind: bool
    is_here: bool


@dataclass(frozen=True, slots=True)
class RecordPage:
    """All that the page shows. `events` are of the record, `frame_events` of its frames, the newest first; `jobs` are
    what is at it now, and `frame_job_id` what is at one of its frames. `is_polled` is whether the poller runs, without
    which it does not go on."""

    footage: Footage
    frames: Sequence[Frame]
    speech: FootageSpeech | None
    events: Sequence[FootageEvent]
    frame_events: Sequence[FootageEvent]
    jobs: Sequence[Job]
    frame_job_id: str | None
    is_polled: bool

    @property
    def frames_over(self) -> int:
        """How many frames have nothing more to be looked at."""
        return sum(frame.status not in (*states.UNFINISHED_FRAMES, states.AWAITING_USER_INPUT) for frame in self.frames)

    @property
    def is_awaiting(self) -> bool:
        return self.footage.status == states.AWAITING_USER_INPUT

    @property
    def is_failed(self) -> bool:
        return self.footage.status == states.FAILED

    @property
    def failed_frames(self) -> int:
        return sum(frame.status == states.FAILED for frame in self.frames)

    @property
    def may_be_retried(self) -> bool:
        """Whether a person can have it tried again, or sooner; later than this its frames go on without those that
        failed. See `people.retry`, which does it."""
        now, waits = clock.now(), [self.footage.retry_at, *(frame.retry_at for frame in self.frames)]
        is_early = any(retry_at is not None and retry_at > now for retry_at in waits)
        has_failed_frames = self.footage.status == states.PROCESSING_FRAME_INFO and self.failed_frames > 0
        return self.is_failed or ((has_failed_frames or is_early) and not self.jobs)

    @property
    def is_settled(self) -> bool:
        """Whether nothing moves it before a person acts."""
        return self.footage.status in (states.COMPLETE, states.AWAITING_USER_INPUT, states.FAILED)

    @property
    def video_name(self) -> str | None:
        return PurePosixPath(self.footage.media_key).name if self.footage.media_key else None


def record_page(footage_id: str) -> RecordPage:
    """:raise NotFound: if there is no such footage."""
    footage, frames = get_footage(footage_id), _frames_of(footage_id)
    return RecordPage(
        footage=footage,
        frames=frames,
        speech=db.session.get(FootageSpeech, footage_id, populate_existing=True),
        events=_events_of(footage_id, FootageEvent.frame_position.is_(None)),
        frame_events=_events_of(footage_id, FootageEvent.frame_position.is_not(None)),
        jobs=_live_jobs_of(footage_id),
        frame_job_id=_live_job_of(frames),
        is_polled=live_session() is not None,
    )


def way_of(footage: Footage) -> list[Stop]:
    """The statuses from the first to the last; one beside the way stands where it left it."""
    place = footage.status if footage.status in WAY else footage.resume_status
    here = WAY.index(place) if place in WAY else 0
    is_over = footage.status == states.COMPLETE
    return [Stop(status, n < here or is_over, n == here and not is_over) for n, status in enumerate(WAY)]


def _frames_of(footage_id: str) -> Sequence[Frame]:
    in_order = select(Frame).where(Frame.footage_id == footage_id).order_by(Frame.position)
    return db.session.scalars(in_order.options(defer(Frame.embedding)).execution_options(populate_existing=True)).all()


def _events_of(footage_id: str, which: ColumnElement[bool]) -> Sequence[FootageEvent]:
    newest = select(FootageEvent).where(FootageEvent.footage_id == footage_id, which).order_by(FootageEvent.id.desc())
    return db.session.scalars(newest.limit(EVENTS_SHOWN)).all()


def _live_jobs_of(footage_id: str) -> Sequence[Job]:
    live = select(Job).where(Job.target_type == FOOTAGE, Job.target_id == footage_id, Job.status.in_(job_states.LIVE))
    newest = live.order_by(Job.id.desc()).limit(LIVE_JOBS_SHOWN).options(defer(Job.error_detail))
    return db.session.scalars(newest.execution_options(populate_existing=True)).all()


def _live_job_of(frames: Sequence[Frame]) -> str | None:
    """The newest; there is one for each frame that is looked at just now."""
    ids = [str(frame.id) for frame in frames if frame.status in states.UNFINISHED_FRAMES]
    live = (Job.target_type == FRAME, Job.target_id.in_(ids), Job.status.in_(job_states.LIVE))
    return db.session.scalar(select(func.max(Job.id)).where(*live)) if ids else None
