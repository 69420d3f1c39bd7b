"""A step done by a job: its work is run, and what came of it is written in the transaction that ends the job."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

import structlog
from rq.timeouts import JobTimeoutException
from sqlalchemy.orm import Session

from errors import BackbeatError, Conflict, NotFound
from extensions import DATABASE_AWAY, db, transaction
from models import Job
from services.episodes import bars
from services.footage import states
from services.footage.context import Context, Done
from services.footage.moves import Cause
from services.footage.retrying import Problem
from services.footage.steps import PipelineStep
from services.footage.targets import Standing, Target, step_of_job
from services.jobs import failure
from services.jobs.moves import CancelRequested, LeaseLost
from services.jobs.registry import resolve
from services.jobs.states import CANCELED
from services.jobs.work import HandBack, Outcome, TimeLimitExceeded, Work

log = structlog.get_logger(__name__)

# What is no failure of the work: the runner has its own answer to each.
NOT_THE_WORKS_FAULT = (LeaseLost, CancelRequested, HandBack, TimeLimitExceeded, JobTimeoutException, *DATABASE_AWAY)

# Jobs that brought down three workers in a row: the next would only lose more.
QUARANTINED = "quarantined"

# Why the job that this thread runs has failed, for `ended`, which hears of it later in the same thread. A process that
# dies between the two has failed for another reason.
_last_problem: ContextVar[tuple[str, Problem] | None] = ContextVar("last_problem", default=None)


class StepFailed(BackbeatError):
    """The work of a step has failed: its job is over, and the record decides when it is taken up again."""

    code = "step_failed"


class OfJob:
    """The `Context` of a step's work that a job does."""

    def __init__(self, work: Work, step: PipelineStep, target: Target) -> None:
        self._work = work
        self._step = step
        self._target = target
        self._reached: Callable[[float], None] | None = None

    @property
    def work_id(self) -> str:
        return f"{self._work.job.id}-{self._work.job.attempt}"

    def checkpoint(self) -> None:
        self._work.checkpoint()

    def reached(self, share: float) -> None:
        if self._reached is None:
            self._reached = bars.begin(self._work.progress, "working")
        self._reached(share)

    def saving(self) -> AbstractContextManager[Session]:
        return self._saving()

    @contextmanager
    def _saving(self) -> Iterator[Session]:
        with self._work.saving() as session:
            standing_in(session, self._target, self._step)
            yield session

    def cause(self, note: str = "") -> Cause:
        return Cause(step=self._step.name, note=note, job_id=self._work.job.id)


def run(work: Work) -> Outcome:
    """Do the step of a job's type with the job's target.

    :raise StepFailed: if the work fails, whatever with.
    """
    step = step_of_job(work.job.type)
    target = Target(work.job.target_type or "", work.job.target_id or "")
    stands = target.standing(db.session())
    db.session.rollback()
    if stands is None or stands.status not in target.statuses(step):
        return Outcome(result={"moved": False, "reason": "It is gone, or has left this step."})
    context = OfJob(work, step, target)
    _last_problem.set(None)
    with _failing_its_job(work.job.id):
        done = do(target, step, context)

    def save() -> None:
        with _failing_its_job(work.job.id):
            apply(db.session(), target, step, done, context.cause(done.note))

    def tell() -> None:
        log.info("footage_step", **facts(stands, step), to_status=done.to_status, note=done.note)
        tell_end(target, done.to_status)

    result = {"moved": True, "footage_id": stands.footage_id, "frame": stands.position, "to_status": done.to_status}
    return Outcome(
        result=result,
        result_url=page_of(stands.footage_id),
        save=save,
        after_commit=tell,
    )


def page_of(footage_id: str) -> str:
    return f"/library/footage/{footage_id}"


def facts(stands: Standing, step: PipelineStep) -> dict[str, object]:
    """What each line of the log names."""
    return {"footage_id": stands.footage_id, "frame": stands.position, "step": step.name, "from_status": stands.status}


@contextmanager
def _failing_its_job(job_id: str) -> Iterator[None]:
    """What is raised within ends the job at once, and for good: its record decides when it is taken up again."""
    try:
        yield
    except NOT_THE_WORKS_FAULT:
        raise
    except Exception as e:  # whatever the work raises is a failure of its record, and no other's
        problem = problem_of(e)
        _last_problem.set((job_id, problem))
        raise StepFailed(problem.sentence, code=problem.code) from e


def do(target: Target, step: PipelineStep, context: Context) -> Done:
    """Do a step's work, with no transaction left open when it begins."""
    done: Done = resolve(target.work_of(step))(target.argument(), context)
    db.session.rollback()
    return done


def problem_of(error: Exception) -> Problem:
    """What an error says to people, and of trying again."""
    code, sentence = failure.describe(error)
    asked = getattr(error, "retry_after_seconds", None)
    return Problem(code, sentence, is_final=bool(getattr(error, "is_final", False)), asked_seconds=asked or 0.0)


def problem_of_job(job: Job) -> Problem:
    """Why a job that has just ended did not finish."""
    if job.status == CANCELED:
        return Problem("canceled", "Its job was canceled.")
    last = _last_problem.get()
    if last is not None and last[0] == job.id and last[1].code == job.error_code:
        return last[1]
    code = job.error_code or "failed"
    return Problem(code, job.error or "Its job failed.", is_final=code == QUARANTINED)


def apply(session: Session, target: Target, step: PipelineStep, done: Done, cause: Cause) -> None:
    """Write what a step's work gave back, and move the record on.

    :raise NotFound: if the record is gone.
    :raise Conflict: if it is not at the step any more.
    """
    stands = standing_in(session, target, step)
    done.also(session)
    if not target.move(session, stands.status, done.to_status, cause, done.values):
        raise Conflict(f"{stands.footage_id} was moved by somebody else.", code="moved_on")


def tell_end(target: Target, status: str) -> None:
    """The line in the log of a record that goes no further; to be written once its move is committed."""
    if status in (states.COMPLETE, states.AWAITING_USER_INPUT) and not target.is_frame:
        log.info("footage_record", footage_id=target.key, status=status)


def standing_in(session: Session, target: Target, step: PipelineStep) -> Standing:
    """Where a target stands that is at that step, held until the transaction ends.

    :raise NotFound: if it is gone.
    :raise Conflict: if it is not at the step any more.
    """
    stands = target.standing(session)
    if stands is None:
        raise NotFound("The footage was deleted meanwhile.", code="no_such_footage")
    if stands.status not in target.statuses(step):
        raise Conflict(f"{stands.footage_id} has left the step {step.label}.", code="moved_on")
    return stands


@contextmanager
def saving_in(target: Target, step: PipelineStep) -> Iterator[Session]:
    """A write transaction for whoever runs a step without a job."""
    with transaction() as session:
        standing_in(session, target, step)
        yield session
