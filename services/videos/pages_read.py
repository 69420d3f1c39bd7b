"""What the pages of videos show: one query object for each, at a constant number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import defer

from extensions import db
from models import Job, RecoveryItem, Render, Segment, Video
from services.jobs import states as job_states
from services.videos import catalogue, runs, states
from services.videos.reads import VIDEO, get_video
from services.videos.uploading import Arrival, arrivals

RUNS_SHOWN = RENDERS_SHOWN = RECOVERIES_SHOWN = 10
SEGMENTS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class VideoLine:
    """A video in a list: what is at it now, and how much of its file has come while it does."""

    video: Video
    job_id: str | None
    arrival: Arrival | None


@dataclass(frozen=True, slots=True)
class VideoList:
    """A page of the list; `counts` are of all statuses, whatever is looked for."""

    lines: Sequence[VideoLine]
    counts: Mapping[str, int]
    next_cursor: str | None

    @property
    def is_live(self) -> bool:
        """Whether something on it moves."""
        return any(line.job_id or line.video.status in states.WAITING for line in self.lines)


@dataclass(frozen=True, slots=True)
class VideoDetails:
    """All that is known of a video. Each list is the newest first, but for `segments`, which are in their order."""

    video: Video
    arrival: Arrival | None
    runs: Sequence[Job]
    recoveries: Sequence[RecoveryItem]
    segments: Sequence[Segment]
    renders: Sequence[Render]

    @property
    def live_run(self) -> Job | None:
        return next((run for run in self.runs if run.status in job_states.LIVE), None)

    @property
    def was_uploaded(self) -> bool:
        """Else a renderer makes it."""
        return self.video.upload_id is not None or self.video.file_name is not None

    @property
    def may_be_processed(self) -> bool:
        """Whether `runs.start` takes it from a person."""
        has_file = self.video.upload_id is not None or self.video.media_key is not None
        return has_file and self.video.status in runs.BY_A_PERSON and self.live_run is None

    @property
    def is_settled(self) -> bool:
        """Whether nothing moves it before a person acts."""
        return self.video.status in (states.READY, states.FAILED) and self.live_run is None


def video_list(owner_id: int, *, status: str = "", q: str = "", cursor: str = "") -> VideoList:
    """A page of somebody's videos, the newest first.

    :raise InvalidInput: naming the argument that is not acceptable.
    """
    found = catalogue.page(owner_id, status=status or None, q=q, cursor=cursor or None)
    jobs, came = runs.live_runs([video.id for video in found.rows]), _on_their_way(found.rows)
    lines = [VideoLine(video, jobs.get(video.id), came.get(video.id)) for video in found.rows]
    return VideoList(lines, catalogue.counts(owner_id), found.next_cursor)


def video_page(video_id: str) -> VideoDetails:
    """:raise NotFound: if there is no such video."""
    video = get_video(video_id)
    return VideoDetails(
        video=video,
        arrival=_on_their_way([video]).get(video.id),
        runs=_runs_of(video.id),
        recoveries=_recoveries_of(video.id),
        segments=_segments_of(video.id),
        renders=_renders_of(video.id),
    )


def _on_their_way(videos: Sequence[Video]) -> Mapping[str, Arrival]:
    """A bar is for what moves: one that was given up says in words how much of it came."""
    return arrivals([video for video in videos if video.status == states.UPLOADING])


def _runs_of(video_id: str) -> Sequence[Job]:
    ours = select(Job).where(Job.target_type == VIDEO, Job.target_id == video_id, Job.type == runs.JOB_TYPE)
    newest = ours.order_by(Job.id.desc()).limit(RUNS_SHOWN).options(defer(Job.error_detail))
    return db.session.scalars(newest.execution_options(populate_existing=True)).all()


def _recoveries_of(video_id: str) -> Sequence[RecoveryItem]:
    newest = select(RecoveryItem).where(RecoveryItem.video_id == video_id).order_by(RecoveryItem.id.desc())
    return db.session.scalars(newest.limit(RECOVERIES_SHOWN)).all()


def _segments_of(video_id: str) -> Sequence[Segment]:
    in_order = select(Segment).where(Segment.video_id == video_id).order_by(Segment.position, Segment.id)
    return db.session.scalars(in_order.limit(SEGMENTS_SHOWN).execution_options(populate_existing=True)).all()


def _renders_of(video_id: str) -> Sequence[Render]:
    made = select(Render).where(Render.target_type == VIDEO, Render.target_id == video_id)
    newest = made.order_by(Render.id.desc()).limit(RENDERS_SHOWN).options(defer(Render.inputs), defer(Render.token))
    return db.session.scalars(newest.execution_options(populate_existing=True)).all()
