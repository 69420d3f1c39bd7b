"""The same steps one after another, in this process: for a few records, and to see all that becomes of one.

A record's first error ends its run, as in a batch; the failure is counted as in the poller, and waiting times between
two tries are not kept.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from ulid import ULID

import clock
from errors import Conflict, InvalidInput, NotFound
from extensions import db, transaction
from models import Footage, Frame
from services.footage import awaiting, dispatch, places, states
from services.footage.context import Context
from services.footage.failing import note_failure
from services.footage.moves import Cause
from services.footage.reads import get_footage
from services.footage.retrying import Problem
from services.footage.routing import Route, route
from services.footage.running import apply, do, problem_of, saving_in, tell_end
from services.footage.steps import BY_NAME, PROCESS_FRAMES, PipelineStep
from services.footage.targets import FOOTAGE, FRAME, Target

# More than these belong to the poller: one that hangs would hold up all behind it.
MOST = 9
GONE = "deleted"  # stands for the status of a record that is not there any more
_OVER = (states.COMPLETE, states.FAILED, states.AWAITING_USER_INPUT)

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ran:
    """Where the run of a record ended, and the error that ended it, if one did."""

    footage_id: str
    status: str
    error: str | None = None


class Inline:
    """The `Context` of a step's work that no job does."""

    def __init__(self, step: PipelineStep, target: Target) -> None:
        self._step = step
        self._target = target
        self.work_id = f"sequential-{ULID()}"

    def checkpoint(self) -> None:
        """Nobody but the keyboard stops it."""

    def reached(self, share: float) -> None:
        """Nobody watches."""

    def saving(self) -> AbstractContextManager[Session]:
        return saving_in(self._target, self._step)

    def cause(self, note: str = "") -> Cause:
        return Cause(step=self._step.name, note=note)


def unfinished(*, whatever_number: bool = False) -> list[str]:
    """The ids of all records that have a way to go.

    :raise InvalidInput: if they are more than nine, unless that is wanted.
    """
    wanted = select(Footage.id).where(Footage.status.not_in(_OVER)).order_by(Footage.id)
    ids = list(db.session.scalars(wanted if whatever_number else wanted.limit(MOST + 1)))
    db.session.rollback()
    if len(ids) > MOST and not whatever_number:
        raise InvalidInput(
            f"There are more than {MOST} records to do: use --mode polling for these, or name one with --id, "
            "or say --all if they are to be done one after another all the same."
        )
    return ids


def run(ids: Sequence[str], tell: Tell) -> list[Ran]:
    """Bring each record as far as it goes; `tell` hears a line of each step.

    :raise Conflict: if the poller is at work: both would be at the same records. If it begins later, no further step is
        done, and the records that had not come to their end say so.
    """
    _refuse_beside_poller()
    return [_run_one(footage_id, tell) for footage_id in ids]


def _refuse_beside_poller() -> None:
    session_id = dispatch.live_session()
    if session_id is not None:
        raise Conflict(
            f"A session of the poller is running (job {session_id}); wait for its end or cancel it.",
            code="already_running",
            details={"job_id": session_id},
        )
    jobs = places.live_jobs(db.session()).jobs
    db.session.rollback()
    if jobs:
        raise Conflict(
            f"{len(jobs)} of the poller's jobs are not over yet, though its session is; wait for their end.",
            code="already_running",
            details={"jobs": len(jobs)},
        )


def _run_one(footage_id: str, tell: Tell) -> Ran:
    """As far as it goes; a record that is deleted meanwhile is no other's affair."""
    try:
        return _as_far_as_it_goes(footage_id, tell)
    except NotFound as e:
        status, sentence = GONE, e.message
    except Conflict as e:
        status, sentence = get_footage(footage_id).status, e.message
    db.session.rollback()
    tell(f"{footage_id}  {sentence}")
    return Ran(footage_id, status, sentence)


def _as_far_as_it_goes(footage_id: str, tell: Tell) -> Ran:
    tell(f"{footage_id}  stands at {get_footage(footage_id).status}")
    error: str | None = None
    while error is None:
        _refuse_beside_poller()
        following = _next(footage_id, tell)
        if following is None:
            break
        error = _try(*following, footage_id, tell)
    status = get_footage(footage_id).status
    db.session.rollback()
    return Ran(footage_id, status, error)


def _next(footage_id: str, tell: Tell) -> tuple[Target, PipelineStep] | None:
    """What is to be done with a record next; None if there is nothing, or nothing without a person."""
    footage = get_footage(footage_id)
    status, target = footage.status, Target(FOOTAGE, footage_id)
    if status in _OVER:
        return None
    if status == states.CREATING_FRAMES:
        found = route_of(footage)
        db.session.rollback()
        if found.next != "await":
            return target, BY_NAME[found.next]
        _wait(footage_id, found, tell)
        return None
    frame_id = _next_frame(footage_id) if status == states.PROCESSING_FRAME_INFO else None
    db.session.rollback()
    if frame_id is not None:
        return Target(FRAME, str(frame_id)), BY_NAME[PROCESS_FRAMES]
    return target, next(step for step in BY_NAME.values() if status in step.footage_at)


def route_of(footage: Footage) -> Route:
    """Where a record at `3 - Creating Frames` goes."""
    return route(
        source_url=footage.source_url,
        scraped=footage.scraped,
        judgement=footage.judgement,
        title=footage.title,
        description=footage.description,
        keywords=footage.keywords,
    )


def _next_frame(footage_id: str) -> int | None:
    unfinished_frames = select(Frame.id).where(
        Frame.footage_id == footage_id, Frame.status.in_(states.UNFINISHED_FRAMES)
    )
    return db.session.scalar(unfinished_frames.order_by(Frame.position).limit(1))


def _wait(footage_id: str, found: Route, tell: Tell) -> None:
    with transaction() as session:
        cause = Cause(step="judge", note=found.awaits)
        awaiting.send_to_wait(session, footage_id, cause, found.awaits, found.judgement.as_json(clock.now()))
    tell(f"{footage_id}  waits for a person: {found.awaits}")


def _try(target: Target, step: PipelineStep, footage_id: str, tell: Tell) -> str | None:
    """Do one step; the sentence of its error, if it fails."""
    what = f"{footage_id}  frame {_position(target)}" if target.is_frame else footage_id
    began_at = clock.monotonic()
    try:
        to_status, note = _do(target, step)
    except Exception as e:  # whatever a step raises is the end of its record's run, and of no other's
        problem = problem_of(e)
        _count(target, step, problem)
        tell(f"{what}  {step.label} failed after {clock.monotonic() - began_at:.1f} s: {problem.sentence}")
        return problem.sentence
    tell(f"{what}  {step.label}: {to_status} after {clock.monotonic() - began_at:.1f} s{f'; {note}' if note else ''}")
    return None


def _position(target: Target) -> int | None:
    stands = target.standing(db.session())
    db.session.rollback()
    return stands.position if stands else None


def _do(target: Target, step: PipelineStep) -> tuple[str, str]:
    context: Context = Inline(step, target)
    done = do(target, step, context)
    with transaction() as session:
        apply(session, target, step, done, context.cause(done.note))
    tell_end(target, done.to_status)
    return done.to_status, done.note


def _count(target: Target, step: PipelineStep, problem: Problem) -> None:
    db.session.rollback()
    with transaction() as session:
        note_failure(session, target, step, problem, job_id=None)
