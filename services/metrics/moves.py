"""What the moves of jobs add to the counters."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import select

from extensions import db_now
from models import Job, JobEvent
from services.jobs import states
from services.metrics.counting import SETTLE_SECONDS, History, count_on, sum_of
from services.metrics.series import observation
from store.counters import Series


class Move(Protocol):
    """A row of the history, with what is known of its job by now."""

    id: int
    age_seconds: float
    at: float
    attempt: int
    from_status: str | None
    to_status: str
    queue: str
    type: str
    is_child: bool
    current_attempt: int
    due_at: float
    started_at: float | None
    steps: Sequence[dict[str, Any]] | None


def count_moves(*, settle_seconds: float = SETTLE_SECONDS) -> int:
    """Take the moves since the last call into the counters; how many that were. :raise RedisError: as `count_on`."""
    return count_on(_HISTORY, settle_seconds=settle_seconds)


def tally(moves: Iterable[Move]) -> dict[Series, float]:
    """What these moves add to the counters. Pure."""
    return sum_of(map(_weigh, moves))


_HISTORY: History[Move] = History(
    cursor="job_event",
    row_id=JobEvent.id,
    query=select(
        JobEvent.id,
        (db_now() - JobEvent.at).label("age_seconds"),
        JobEvent.at,
        JobEvent.attempt,
        JobEvent.from_status,
        JobEvent.to_status,
        Job.queue,
        Job.type,
        Job.parent_id.is_not(None).label("is_child"),
        Job.attempt.label("current_attempt"),
        Job.due_at,
        Job.started_at,
        Job.steps,
    ).join(Job, Job.id == JobEvent.job_id),
    tally=tally,
)


def _weigh(move: Move) -> dict[Series, float]:
    labels = (move.queue, move.type)
    if move.to_status in states.ENDED:
        return {("jobs_ended", *labels, move.to_status): 1.0} | _durations(move)
    if move.to_status == states.STARTED and move.from_status == states.QUEUED:
        return {("job_attempts", *labels): 1.0} | _wait(move)
    if move.from_status == states.STARTED:
        return {("job_retries", *labels): 1.0}
    if move.from_status is None and move.attempt == 1:
        return {("jobs_submitted", *labels): 1.0}
    return {}


def _is_current(move: Move) -> bool:
    """Whether the job's own times still are those of this attempt."""
    return move.attempt == move.current_attempt


def _wait(move: Move) -> dict[Series, float]:
    if move.is_child or not _is_current(move):
        return {}
    return observation("job_wait_seconds", (move.queue, move.type), move.at - move.due_at)


def _durations(move: Move) -> dict[Series, float]:
    if move.from_status != states.STARTED or move.started_at is None or not _is_current(move):
        return {}
    amounts: dict[Series, float] = {}
    if move.to_status != states.CANCELED:
        amounts |= observation("job_run_seconds", (move.queue, move.type), move.at - move.started_at)
    if move.to_status == states.FINISHED:  # how long a step took that was broken off teaches nothing
        for step in move.steps or ():
            amounts |= observation("step_seconds", (move.type, step["name"]), step["seconds"])
    return amounts
