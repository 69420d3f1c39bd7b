"""A failure of a step, written down with its record: it is taken up again later, or set aside for a person."""

import structlog
from sqlalchemy.orm import Session

from extensions import current_settings, db_now
from services.footage import moves, states
from services.footage.moves import Cause
from services.footage.retrying import MAX_FAILURES, Later, Problem, SetAside, decide
from services.footage.steps import PipelineStep
from services.footage.targets import Standing, Target

log = structlog.get_logger(__name__)

MAX_ERROR_CHARS = 500


def note_failure(
    session: Session, target: Target, step: PipelineStep, problem: Problem, *, job_id: str | None
) -> Later | SetAside | None:
    """Count a failure; None, and nothing done, if the target is gone or has left the step by now."""
    stands = target.standing(session)
    if stands is None or stands.status not in target.statuses(step):
        return None
    base_seconds = current_settings().retry_base_seconds
    decision = decide(problem, failures_before=stands.failures, base_seconds=base_seconds)
    error = {"error_code": problem.code[:60], "error": problem.sentence[:MAX_ERROR_CHARS]}
    values = {"failures": decision.failures, **error}
    cause = Cause(step=step.name, note=_sentence(decision, problem), job_id=job_id)
    if isinstance(decision, SetAside):
        target.move(session, stands.status, states.FAILED, cause, values | {"resume_status": stands.status})
    else:
        target.write(session, values | {"retry_at": db_now() + decision.delay_seconds})
        moves.record(session, stands.footage_id, stands.position, stands.status, stands.status, cause, is_failure=True)
    _tell(stands, step, decision, problem)
    return decision


def _sentence(decision: Later | SetAside, problem: Problem) -> str:
    if isinstance(decision, Later):
        in_words = f"Try {decision.failures} of {MAX_FAILURES} failed, the next is in {decision.delay_seconds:.0f} s"
    elif problem.is_final:
        in_words = "Set aside, since trying again cannot help"
    else:
        in_words = f"Set aside after {decision.failures} failures"
    return f"{in_words}: {problem.sentence}"


def _tell(stands: Standing, step: PipelineStep, decision: Later | SetAside, problem: Problem) -> None:
    log.warning(
        "footage_step_failed",
        footage_id=stands.footage_id,
        frame=stands.position,
        step=step.name,
        failures=decision.failures,
        set_aside=isinstance(decision, SetAside),
        code=problem.code,
        reason=problem.sentence,
    )
