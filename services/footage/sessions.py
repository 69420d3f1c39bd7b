"""A session of the poller: a job that has a child for each cycle, one every `POLL_INTERVAL`, and one at its end.

It is live as long as one of them is to come, so the last is due when `POLL_DURATION` is over.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from sqlalchemy import func, not_, or_, select
from sqlalchemy.orm import Session

import clock
from config import Settings
from errors import Conflict
from extensions import current_settings, db
from models import Footage, FootageEvent, Job
from services.footage import states
from services.footage.dispatch import SESSION_TYPE, TARGET_ID, TARGET_TYPE
from services.jobs import states as job_states
from services.jobs.submit import Submission, submit
from services.jobs.work import Child, FanOut

log = structlog.get_logger(__name__)

MAX_CYCLES = 5000
RECENT_SESSIONS = 10


def start(owner_id: int) -> Submission:
    """Begin a session.

    :raise Conflict: if one is live; `details.job_id` names it.
    """
    submission = begin(owner_id)
    if submission.already_running:
        raise Conflict(
            "A session of footage autolog is running already.",
            code="already_running",
            details={"job_id": submission.job_id},
        )
    return submission


def begin(owner_id: int, job_id: str | None = None) -> Submission:
    """A new session, or the one that is live."""
    return submit(
        SESSION_TYPE,
        target_type=TARGET_TYPE,
        target_id=TARGET_ID,
        title="Footage autolog",
        owner_id=owner_id,
        job_id=job_id,
        tags=("footage",),
    )


def fan_out() -> FanOut:
    """The cycles of a session that begins now."""
    settings = current_settings()
    delays = delays_of(settings)
    log.info("footage_session", cycles=len(delays), duration_seconds=settings.poll_duration)
    return FanOut("footage_cycle", "footage_cycle", _children(delays), len(delays))


def delays_of(settings: Settings) -> list[float]:
    """When each cycle of a session is due, in seconds from its start; very many are spread wider."""
    interval = max(settings.poll_interval, settings.poll_duration / MAX_CYCLES)
    before_the_end = math.ceil(settings.poll_duration / interval)
    return [n * interval for n in range(before_the_end)] + [settings.poll_duration]


def _children(delays: Sequence[float]) -> Iterator[Child]:
    for number, delay_seconds in enumerate(delays, start=1):
        yield Child(str(number), f"Cycle {number} of {len(delays)}", delay_seconds=delay_seconds)


def gather(session_job: Job) -> tuple[dict[str, Any], str | None]:
    """A session's totals, from the history of the time that it was live."""
    return totals_since(session_job.started_at or session_job.created_at), "/library/footage"


def session_ended(session: Session, job_id: str, status: str) -> None:
    """The line of a session in the log, once it is over."""
    result = session.scalar(select(Job.result).where(Job.id == job_id)) or {}
    log.info("footage_session_over", job_id=job_id, status=status, **result)


def totals_since(began_at: float) -> dict[str, int]:
    """What has become of records since then: `moved` counts moves of records and frames, `failures` tries that failed
    (the last before one is set aside too), `completed`, `failed` and `waiting` records that came to these ends."""
    is_failure = or_(FootageEvent.is_failure, FootageEvent.to_status == states.FAILED)
    is_move = not_(is_failure) & FootageEvent.from_status.is_not(None)
    came = FootageEvent.is_failure.is_(False) & FootageEvent.frame_position.is_(None)
    counted = select(
        func.count().filter(is_move),
        func.count().filter(is_failure),
        *(func.count().filter(came, FootageEvent.to_status == end) for end in _ENDS.values()),
    ).where(FootageEvent.at >= began_at)
    moved, failures, *ends = db.session.execute(counted).one()
    return {"moved": moved, "failures": failures} | dict(zip(_ENDS, ends, strict=True))


_ENDS = {"completed": states.COMPLETE, "failed": states.FAILED, "waiting": states.AWAITING_USER_INPUT}


def overview() -> dict[str, Any]:
    """What `GET /status` tells: the session that is live, the latest ones, records by status, and how many of them
    have succeeded or failed."""
    counts = counts_by_status()
    recent = [_told(job) for job in _recent()]
    live = next((each for each in recent if each["status"] in job_states.LIVE), None)
    return {
        "session": live,
        "sessions": recent,
        "records": counts,
        "total": sum(counts.values()),
        "successes": counts[states.COMPLETE],
        "failures": counts[states.FAILED],
    }


def counts_by_status() -> dict[str, int]:
    """How many records are at each status, those at which none is too."""
    counted = select(Footage.status, func.count()).group_by(Footage.status)
    found = {row[0]: row[1] for row in db.session.execute(counted)}
    return {status: found.get(status, 0) for status in states.FOOTAGE}


def _recent() -> list[Job]:
    latest = select(Job).where(Job.target_type == TARGET_TYPE, Job.target_id == TARGET_ID)
    return list(db.session.scalars(latest.order_by(Job.id.desc()).limit(RECENT_SESSIONS)))


def _told(job: Job) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "status": job.status,
        "created_at": clock.iso(job.created_at),
        "started_at": clock.iso(job.started_at),
        "ended_at": clock.iso(job.ended_at),
        "result": job.result,
    }
