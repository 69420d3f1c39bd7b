"""Every move of a piece of footage or of a frame: one guarded statement, with its history in the same transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from extensions import db_now
from models import Footage as FootageRow
from models import FootageEvent, Frame
from services.footage import states
from services.footage.steps import BY_NAME, PipelineStep

MAX_NOTE_CHARS = 500
_NEXT_TRY: dict[str, Any] = {"retry_at": None, "error": None, "error_code": None}
NO_FAILURES: dict[str, Any] = _NEXT_TRY | {"failures": 0}


@dataclass(frozen=True, slots=True)
class Cause:
    """What made a record move: a step, its job, or a person (`by`); `note` is a sentence for whoever reads on."""

    step: str | None = None
    note: str = ""
    job_id: str | None = None
    by: str = ""


def move_footage(
    session: Session,
    footage_id: str,
    from_status: str,
    to_status: str,
    cause: Cause,
    values: Mapping[str, Any] | None = None,
) -> bool:
    """Move a record on and write `values` into its row; false if it is not at `from_status` any more."""
    states.check(states.FOOTAGE, from_status, to_status)
    statement = (
        update(FootageRow)
        .where(FootageRow.id == footage_id, FootageRow.status == from_status)
        .values(_arrival(cause, _footage_at, from_status, to_status) | dict(values or {}))
    )
    if not _changed(session, statement):
        return False
    record(session, footage_id, None, from_status, to_status, cause)
    return True


def move_frame(
    session: Session,
    frame_id: int,
    from_status: str,
    to_status: str,
    cause: Cause,
    values: Mapping[str, Any] | None = None,
) -> bool:
    """Move a frame on and write `values` into its row; false if it is not at `from_status` any more."""
    states.check(states.FRAME, from_status, to_status)
    statement = (
        update(Frame)
        .where(Frame.id == frame_id, Frame.status == from_status)
        .values(_arrival(cause, _frames_at, from_status, to_status) | dict(values or {}))
    )
    if not _changed(session, statement):
        return False
    row = session.execute(select(Frame.footage_id, Frame.position).where(Frame.id == frame_id)).one()
    record(session, row.footage_id, row.position, from_status, to_status, cause)
    return True


def move_frames(
    session: Session,
    footage_id: str,
    from_status: str,
    to_status: str,
    cause: Cause,
    values: Mapping[str, Any] | None = None,
) -> int:
    """Move all frames of a record that are at a status together; how many these were."""
    states.check(states.FRAME, from_status, to_status)
    at_status = (Frame.footage_id == footage_id, Frame.status == from_status)
    positions = session.scalars(select(Frame.position).where(*at_status).order_by(Frame.position)).all()
    if not positions:
        return 0
    changes = _arrival(cause, _frames_at, from_status, to_status) | dict(values or {})
    session.execute(update(Frame).where(*at_status).values(changes).execution_options(synchronize_session=False))
    for position in positions:
        record(session, footage_id, position, from_status, to_status, cause)
    return len(positions)


def record(
    session: Session,
    footage_id: str,
    frame_position: int | None,
    from_status: str | None,
    to_status: str,
    cause: Cause,
    *,
    is_failure: bool = False,
) -> None:
    """Write a line of the history."""
    session.execute(
        insert(FootageEvent).values(
            footage_id=footage_id,
            frame_position=frame_position,
            from_status=from_status,
            to_status=to_status,
            step=cause.step,
            note=cause.note[:MAX_NOTE_CHARS],
            is_failure=is_failure,
            job_id=cause.job_id,
            by=cause.by[:120],
            at=db_now(),
        )
    )


def _arrival(
    cause: Cause, statuses_of: Callable[[PipelineStep], tuple[str, ...]], from_status: str, to_status: str
) -> dict[str, Any]:
    """What every move writes. Failures are counted by step, so those of the step whose own move it is are kept."""
    step = BY_NAME.get(cause.step or "")
    at_step = statuses_of(step) if step is not None else ()
    is_within = from_status in at_step and to_status in at_step
    arrived = {"status": to_status, "entered_at": db_now(), "updated_at": db_now()}
    return (_NEXT_TRY if is_within else NO_FAILURES) | arrived


def _footage_at(step: PipelineStep) -> tuple[str, ...]:
    return step.footage_at


def _frames_at(step: PipelineStep) -> tuple[str, ...]:
    return step.frames_at


def _changed(session: Session, statement: Any) -> bool:
    changed: int = session.execute(statement.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined] # an UPDATE's result has it
    return changed > 0
