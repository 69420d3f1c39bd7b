"""Videos that wait and that nothing works on: as `services/videos/stuck` has it, and those which it leaves alone for a
while because their runs have failed."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select
from ulid import ULID

from errors import Conflict
from extensions import current_settings, db, seekable_now
from models import Upload, Video
from services import audit
from services.recovery import clockwork
from services.recovery.things import COUNTED, Act, Finder, Remedy, StuckThing
from services.videos import recovery, runs, states
from services.videos.reads import no_such_video
from services.videos.recovery_report import TRIGGERED
from services.videos.restarting import TAG
from services.videos.stuck import ACTIVE_RUN, IN_WORDS, Rule

KIND = "videos"

START = Remedy("Start it now", "Start its processing, as recovery would")

_COLUMNS = (
    Video.id,
    Video.name,
    Video.file_name,
    Video.status,
    Video.created_at,
    Video.run_ended_at,
    Video.recover_at,
    Video.problem_text,
)


def find(limit: int) -> Sequence[StuckThing]:
    next_run = clockwork.next_run(recovery.SCHEDULE)
    # A part for each status, since each is then read off the index in its order, and no further than is needed.
    parts = [select(*_COLUMNS).where(_is_stuck(status)).order_by(Video.created_at, Video.id) for status in _STATUSES]
    rows = [row for part in parts for row in db.session.execute(part.limit(limit))]
    return [_told(row, next_run) for row in sorted(rows, key=lambda row: float(row.created_at))[:limit]]


def count() -> int:
    counts = [_up_to_counted(select(Video.status).where(_is_stuck(status))) for status in _STATUSES]
    return int(sum(db.session.execute(select(*counts)).one()))


def act(video_id: str, by: str) -> str:
    """:raise NotFound: if there is no such video. :raise Conflict: if it is stuck no more."""
    return _act(video_id, by, str(ULID()))


def at_a_press() -> Act:
    """One recovery run tells of all."""
    return partial(_act, run_id=str(ULID()))


def _act(video_id: str, by: str, run_id: str) -> str:
    status = db.session.scalar(select(Video.status).where(Video.id == video_id))
    db.session.rollback()
    if status is None:
        raise no_such_video(video_id)
    if status == states.PENDING:
        _start(video_id, by)
    else:
        _recover(video_id, by, run_id)
    audit.record(by, "recover", "video", video_id)
    return "Its processing was started."


def _start(video_id: str, by: str) -> None:
    if runs.start(video_id, by=by, tags=(TAG,)).already_running:
        raise Conflict(IN_WORDS[ACTIVE_RUN], code="not_stuck")


def _recover(video_id: str, by: str, run_id: str) -> None:
    """What is whole is handed over first, which only recovery does."""
    (line,) = recovery.run(by=by, run_id=run_id, video_id=video_id).lines
    if line.outcome != TRIGGERED:
        raise Conflict(IN_WORDS.get(line.reason, line.reason), code=line.reason[:60])


_STATUSES = states.WAITING


def _is_stuck(status: str) -> ColumnElement[bool]:
    rule = Rule.of(current_settings())
    grows = exists().where(
        Upload.id == Video.upload_id,
        Upload.made_id.is_(None),
        Upload.updated_at > seekable_now() - rule.still_after_seconds,
    )
    is_old = Video.created_at < seekable_now() - rule.stuck_after_seconds
    return and_(Video.status == status, is_old, runs.has_file(), ~runs.has_live_run(), ~grows)


def _up_to_counted(stuck: Select[Any]) -> ColumnElement[int]:
    return select(func.count()).select_from(stuck.limit(COUNTED).subquery()).scalar_subquery()


def _told(row: Row[*tuple[Any, ...]], next_run: float | None) -> StuckThing:
    label = clockwork.label(recovery.SCHEDULE)
    paused = f"Nothing: the schedule “{label}” is paused"
    return StuckThing(
        kind=KIND,
        id=row.id,
        title=row.name or row.file_name or row.id,
        detail=f"{row.id}, {row.status}",
        url=f"/library/videos/{row.id}",
        why=_why(row),
        since=max(row.created_at, row.run_ended_at or 0.0),
        next=paused if next_run is None else f"The schedule “{label}” starts its processing",
        next_at=None if next_run is None else max(next_run, row.recover_at or 0.0),
        remedy=START,
    )


def _why(row: Row[*tuple[Any, ...]]) -> str:
    if row.problem_text:
        return f"Its processing failed: {row.problem_text.rstrip('.')}"
    if row.status == states.UPLOADING:
        return "Its upload no longer grows, and was not handed over"
    return "Its file is here, and nobody has picked it up"


FINDER = Finder(
    KIND,
    "Videos",
    "Waiting to be processed, with nobody at them.",
    "/admin/videos",
    find,
    count,
    act,
    at_a_press,
)
