"""Step 5, of a frame: its picture, what is to be seen in it, and what is said around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select

from errors import Conflict, NotFound
from extensions import current_settings, db
from models import Footage, Frame
from services import captioning
from services.footage import files, frame_pictures, moves, speech, states
from services.footage.context import Context, Done
from services.footage.problems import told_apart
from services.footage.reads import get_frame
from services.media import stored
from services.media.ffmpeg import MediaError
from services.media.scratch import scratch_of

log = structlog.get_logger(__name__)

MADE_SHARE, CAPTION_SHARE = 0.4, 0.95  # of the work


@dataclass(frozen=True, slots=True)
class _Moment:
    """A frame as it was found; `before_at_seconds` is the moment of the frame ahead of it, if there is one."""

    frame_id: int
    footage_id: str
    position: int
    at_seconds: float
    before_at_seconds: float | None
    status: str
    media_key: str

    @property
    def name(self) -> str:
        return f"Frame {self.position} of {self.footage_id}"


def prepare() -> None:
    """Load what looks at pictures."""
    captioning.load(current_settings())


def process_frame(frame_id: int, context: Context) -> Done:
    """Go on with a frame from the status that it has, keeping each thing as soon as it is there.

    :raise StepProblem: if the recording has no picture there that can be read.
    :raise Conflict: if somebody else has moved the frame meanwhile.
    """
    moment = _moment(frame_id)
    with told_apart(), scratch_of(context.work_id) as folder:
        if moment.status == states.FRAME_PENDING_THUMBNAIL:
            _keep_thumbnail(moment, folder, context)
        if moment.status in (states.FRAME_PENDING_THUMBNAIL, states.FRAME_THUMBNAIL_COMPLETE):
            _keep_caption(moment, folder, context)
    said = speech.said_in(get_frame(frame_id))
    db.session.rollback()
    context.reached(1.0)
    note = "What is said around it was written down." if said else "Nothing is said around it."
    return Done(states.FRAME_AUDIO_TRANSCRIBED, values={"speech": said}, note=note)


def _moment(frame_id: int) -> _Moment:
    frame = get_frame(frame_id)
    of_footage, ahead = Frame.footage_id == frame.footage_id, Frame.position == frame.position - 1
    media_key = db.session.scalar(select(Footage.media_key).where(Footage.id == frame.footage_id))
    if media_key is None:
        raise NotFound(f"The file of {frame.footage_id} is not in the storage.", code="file_not_found")
    moment = _Moment(
        frame_id=frame.id,
        footage_id=frame.footage_id,
        position=frame.position,
        at_seconds=frame.at_seconds,
        before_at_seconds=db.session.scalar(select(Frame.at_seconds).where(of_footage, ahead)),
        status=frame.status,
        media_key=media_key,
    )
    db.session.rollback()
    return moment


def _keep_thumbnail(moment: _Moment, folder: Path, context: Context) -> None:
    key = files.frame_key(moment.footage_id, moment.position)
    picture = folder / "now.jpg"
    frame_pictures.make(moment.media_key, moment.at_seconds, picture, context)
    stored.storage().put(key, picture)
    files.forget_if_deleted(context, moment.footage_id, key)
    _move(moment, states.FRAME_PENDING_THUMBNAIL, states.FRAME_THUMBNAIL_COMPLETE, {"thumbnail_key": key}, context)
    context.reached(MADE_SHARE)


def _keep_caption(moment: _Moment, folder: Path, context: Context) -> None:
    picture = folder / "now.jpg"
    if not picture.exists():
        frame_pictures.bring(moment.footage_id, moment.position, moment.media_key, moment.at_seconds, picture, context)
    captioner = captioning.load(current_settings())
    context.checkpoint()
    seen = captioner.caption(picture, before=_before(moment, folder, context))
    found = {"caption": seen.caption, "captioner": captioner.name, "seen": seen.sight.as_json()}
    _move(moment, states.FRAME_THUMBNAIL_COMPLETE, states.FRAME_CAPTION_GENERATED, found, context)
    context.reached(CAPTION_SHARE)


def _before(moment: _Moment, folder: Path, context: Context) -> Path | None:
    """The picture of the frame ahead; None for the first, and where the recording is damaged there."""
    if moment.before_at_seconds is None:
        return None
    picture = folder / "before.jpg"
    try:
        frame_pictures.bring(
            moment.footage_id, moment.position - 1, moment.media_key, moment.before_at_seconds, picture, context
        )
    except MediaError as e:
        log.warning("no_frame_before", footage_id=moment.footage_id, position=moment.position, error=e.message)
        return None
    return picture


def _move(moment: _Moment, from_status: str, to_status: str, values: Mapping[str, Any], context: Context) -> None:
    """:raise Conflict: if the frame is not there any more."""
    with context.saving() as session:
        if not moves.move_frame(session, moment.frame_id, from_status, to_status, context.cause(), values):
            raise Conflict(f"{moment.name} was moved on by somebody else meanwhile.", code="moved_on")
