"""The third step: choose the moments that are looked at, and make a frame of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import clock
from extensions import current_settings, db, db_now
from models import Frame
from services.footage import files, moves, states
from services.footage.context import Context, Done
from services.footage.moments import Window, windows
from services.footage.moves import Cause
from services.footage.problems import told_apart
from services.footage.reads import get_footage
from services.media import scenes
from services.media.details import picture_seconds


@dataclass(frozen=True, slots=True)
class _Facts:
    media_key: str
    duration_seconds: float
    picture_seconds: float


def create_frames(footage_id: str, context: Context) -> Done:
    """Make a record's frames: after its cuts, and at least one each 10 s, as far as `MAX_FRAMES` allows.

    :raise StepProblem: if the recording cannot be read.
    """
    facts = _facts(footage_id)
    with files.recording(context, facts.media_key) as (path, _), told_apart():
        cuts = scenes.scenes(path, on_progress=context.reached, checkpoint=context.checkpoint)
    most = current_settings().max_frames
    found = windows(facts.duration_seconds, cuts, most, picture_seconds=facts.picture_seconds)
    cause = context.cause()
    note = f"{len(found)} frames, {len(cuts)} cuts."
    return Done(states.CREATING_FRAMES, note=note, also=lambda session: _insert(session, footage_id, found, cause))


def _facts(footage_id: str) -> _Facts:
    row = get_footage(footage_id)
    duration = row.duration_seconds or 0.0
    facts = _Facts(row.media_key or "", duration, picture_seconds(row.info or {}, duration))
    db.session.rollback()
    return facts


def _insert(session: Session, footage_id: str, found: Sequence[Window], cause: Cause) -> None:
    """Make the rows, unless they are there already."""
    if session.scalar(select(Frame.id).where(Frame.footage_id == footage_id).limit(1)) is not None:
        return
    now = clock.now()
    rows = [_row(footage_id, position, window, now) for position, window in enumerate(found, start=1)]
    session.execute(insert(Frame).values(entered_at=db_now()), rows)
    for row in rows:
        moves.record(session, footage_id, row["position"], None, states.FRAME_PENDING_THUMBNAIL, cause)


def _row(footage_id: str, position: int, window: Window, now: float) -> dict[str, Any]:
    return {
        "footage_id": footage_id,
        "position": position,
        "at_seconds": window.at,
        "start_seconds": window.start,
        "end_seconds": window.end,
        "status": states.FRAME_PENDING_THUMBNAIL,
        "created_at": now,
        "updated_at": now,
    }
