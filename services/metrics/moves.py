"""Counts what became of jobs, once each, by reading their history on from where the last count ended.

The janitor does it between its rounds. Neither those who move jobs pay for it, nor those who scrape; and a job that is
pruned later stays counted.
"""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any, Protocol

from sqlalchemy import func, select

from extensions import db, db_now, redis
from models import Job, JobEvent
from services.jobs import states
from services.metrics.series import observation
from store.counters import Counters, Series

CURSOR = "job_event"
BATCH = 1000
MAX_BATCHES = 20  # a call ends some time; the next goes on
# On PostgreSQL an event may be committed after one that was written later: those are not read before they are this old.
SETTLE_SECONDS = 5.0


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
    """Take what has happened since the last call into the counters; how many moves that were.

    :raise RedisError: if the counters cannot be reached; what was missed is counted when they can.
    """
    counters = Counters(redis.client)
    counted = 0
    try:
        stands = _start(counters)
        for _ in range(MAX_BATCHES):
            moves = _settled_moves(stands, settle_seconds)
            if not moves or not counters.add_once(
                tally(moves), cursor=CURSOR, stands=stands, moves_to=moves[-1].id
            ):  # somebody else counts: one is enough
                break
            stands = moves[-1].id
            counted += len(moves)
    finally:
        db.session.rollback()
    return counted


def _start(counters: Counters) -> int:
    """Where to read on: what happened before the first count is history, and not growth.

    Once the latest jobs have been deleted SQLite gives their events' ids to new ones, so the cursor must not be ahead.
    """
    stands = counters.cursor(CURSOR)
    newest = db.session.scalar(select(func.max(JobEvent.id))) or 0
    if stands is None or stands > newest:
        counters.add_once({}, cursor=CURSOR, stands=stands, moves_to=newest)
        return newest
    return stands


def _settled_moves(after: int, settle_seconds: float) -> list[Move]:
    history = (
        select(
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
        )
        .join(Job, Job.id == JobEvent.job_id)
        .where(JobEvent.id > after)
        .order_by(JobEvent.id)
        .limit(BATCH)
    )
    rows: Any = db.session.execute(history)
    return list(takewhile(lambda move: move.age_seconds >= settle_seconds, rows))


def tally(moves: Iterable[Move]) -> dict[Series, float]:
    """What these moves add to the counters. Pure."""
    amounts: dict[Series, float] = {}
    for move in moves:
        for series, amount in _weigh(move).items():
            amounts[series] = amounts.get(series, 0.0) + amount
    return amounts


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
