"""A context for the work of a step, without jobs, and what a runner would do with what it gives back."""

from contextlib import AbstractContextManager

from sqlalchemy.orm import Session
from ulid import ULID

from extensions import db, transaction
from models import Footage, Frame
from services.footage import moves
from services.footage.context import Done
from services.footage.moves import Cause


class Stopped(Exception):
    """What `checkpoint()` raises of a context that was told to."""


class TestContext:
    """Writes down what it is told; with `stop_at` the checkpoint of that number, from 1, and all later ones raise."""

    __test__ = False  # not a class of tests, whatever its name says to pytest

    def __init__(self, step: str = "a step", stop_at: int | None = None) -> None:
        self.step = step
        self.work_id = f"{ULID()}-1"
        self.shares: list[float] = []
        self.checkpoints = 0
        self._stop_at = stop_at

    def checkpoint(self) -> None:
        self.checkpoints += 1
        if self._stop_at is not None and self.checkpoints >= self._stop_at:
            raise Stopped

    def reached(self, share: float) -> None:
        self.shares.append(share)

    def saving(self) -> AbstractContextManager[Session]:
        return transaction()

    def cause(self, note: str = "") -> Cause:
        return Cause(step=self.step, note=note)


def apply(footage_id: str, done: Done, context: TestContext | None = None) -> Footage:
    """Do as a runner does with a record: `also`, the values and the move, in one transaction."""
    cause = (context or TestContext()).cause(done.note)
    from_status = footage(footage_id).status
    with transaction() as session:
        done.also(session)
        assert moves.move_footage(session, footage_id, from_status, done.to_status, cause, done.values)
    return footage(footage_id)


def apply_to_frame(frame_id: int, done: Done, context: TestContext | None = None) -> Frame:
    """Do as a runner does with a frame."""
    cause = (context or TestContext()).cause(done.note)
    from_status = frame(frame_id).status
    with transaction() as session:
        done.also(session)
        assert moves.move_frame(session, frame_id, from_status, done.to_status, cause, done.values)
    return frame(frame_id)


def footage(footage_id: str) -> Footage:
    """The row as it is now."""
    db.session.rollback()
    return db.session.get_one(Footage, footage_id, populate_existing=True)


def frame(frame_id: int) -> Frame:
    """The row as it is now."""
    db.session.rollback()
    return db.session.get_one(Frame, frame_id, populate_existing=True)
