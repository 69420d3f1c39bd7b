"""Records that wait for a person: they and all their frames go to wait together, and come back together."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.footage import moves, states
from services.footage.moves import Cause

_FROM, _FRAMES_FROM = states.CREATING_FRAMES, states.FRAME_PENDING_THUMBNAIL


def send_to_wait(
    session: Session, footage_id: str, cause: Cause, awaits: str, judgement: Mapping[str, Any] | None
) -> bool:
    """Let a record at `3 - Creating Frames` wait for a person; false, and nothing done, if it is not there any more.

    `awaits` is a sentence that says what is missing; `judgement` as `Footage` keeps it.
    """
    values = waiting(awaits) | {"judgement": dict(judgement) if judgement is not None else None}
    if not moves.move_footage(session, footage_id, _FROM, states.AWAITING_USER_INPUT, cause, values):
        return False
    send_frames_to_wait(session, footage_id, cause)
    return True


def waiting(awaits: str) -> dict[str, Any]:
    """What is written with the move of a record to `Awaiting User Input`."""
    return {"resume_status": _FROM, "awaits": awaits}


def send_frames_to_wait(session: Session, footage_id: str, cause: Cause) -> int:
    """The frames of a record that goes to wait in the same transaction; how many they are."""
    values = {"resume_status": _FRAMES_FROM}
    return moves.move_frames(session, footage_id, _FRAMES_FROM, states.AWAITING_USER_INPUT, cause, values)


def resume(session: Session, footage_id: str, cause: Cause) -> bool:
    """Let a record and its frames go on where they stopped; false, and nothing done, if it does not wait any more."""
    values = {"resume_status": None, "awaits": None}
    if not moves.move_footage(session, footage_id, states.AWAITING_USER_INPUT, _FROM, cause, values):
        return False
    moves.move_frames(
        session, footage_id, states.AWAITING_USER_INPUT, _FRAMES_FROM, cause, values={"resume_status": None}
    )
    return True
