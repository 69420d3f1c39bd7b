"""What may move, moves: each step's places are given to the records that are due, a job for each.

All of it is one transaction under one lock, so that the limits hold in the whole fleet at every instant, whoever
dispatches: a cycle, or a worker at which a place has become free. A job is rung for once it is committed; what dies
before that has written jobs that the janitor rings for, or nothing.
"""

from dataclasses import dataclass, field

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import Settings
from extensions import current_settings, db, transaction
from models import Job
from services.footage import due, places, states, waiting
from services.footage.due import Candidate
from services.footage.places import Live
from services.footage.steps import BY_NAME, DESCRIBE, PROCESS_FRAMES, SCRAPE_URL, PipelineStep
from services.footage.targets import job_type_of
from services.jobs import submit
from services.jobs.submit import Promise, active_key

log = structlog.get_logger(__name__)

SESSION_TYPE, TARGET_TYPE, TARGET_ID = "footage_session", "footage", "all"
TAGS = ("footage",)


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What one look at all records has moved: `begun` are jobs by step."""

    resumed: int = 0
    sent_to_wait: int = 0
    begun: dict[str, int] = field(default_factory=dict)


def session_key() -> str | None:
    """What only one session that is live has."""
    return active_key(SESSION_TYPE, TARGET_TYPE, TARGET_ID, {})


def live_session() -> str | None:
    """The id of the session that is live, unless it was asked to stop."""
    found = _live_session(db.session())
    db.session.rollback()
    return found


def _live_session(session: Session) -> str | None:
    wanted = select(Job.id).where(Job.active_key == session_key(), Job.cancel_requested_at.is_(None))
    found: str | None = session.scalar(wanted)
    return found


def place_freed() -> None:
    """Use a place that has become free at once, if a session is live. The next cycle would do it too."""
    if live_session() is not None:
        move_on(resumes=False, in_session=True)


def at_once() -> None:
    """To be called when a person has done something that lets a record go on; as a cycle, if a session is live.

    What they did is kept by then, so an outage is none of theirs: the next cycle makes it good.
    """
    try:
        if live_session() is not None:
            move_on(in_session=True)
    except SQLAlchemyError as e:
        log.warning("not_moved_at_once", error=str(e))


def move_on(*, resumes: bool = True, in_session: bool = False) -> Dispatched:
    """Look at all records once: those that waited for people, those that are to, and those that a step may take up.

    With `in_session` only if one is live still: it may have been canceled while others were giving out places.
    """
    places.make_lock()
    with transaction() as session:
        places.lock(session)
        if in_session and _live_session(session) is None:
            return Dispatched()
        resumed = waiting.resume_written(session) if resumes else 0
        wanted, sent_to_wait = _chosen(session, places.live_jobs(session), current_settings())
        promises = [_promise(session, step, candidate) for step, candidate in wanted]
    submit.keep_many(promises)
    return Dispatched(resumed, sent_to_wait, _by_step([step.name for step, _ in wanted]))


def _by_step(names: list[str]) -> dict[str, int]:
    return {name: names.count(name) for name in BY_NAME if name in names}


def _chosen(session: Session, live: Live, settings: Settings) -> tuple[list[tuple[PipelineStep, Candidate]], int]:
    """Who has a place at which step, and how many were sent to wait."""
    free = live.free(settings)
    routed = waiting.sort_out(session, live, free)
    chosen = {
        SCRAPE_URL: routed.scrape_url[: free[SCRAPE_URL]],
        PROCESS_FRAMES: _at_frames(session, live, routed.process_frames, free[PROCESS_FRAMES]),
        DESCRIBE: _to_describe(session, live, free[DESCRIBE]),
    }
    for name, step in BY_NAME.items():
        if name not in chosen:
            chosen[name] = due.footage_at(session, step.footage_at[0], live, limit=free[name])
    return [(BY_NAME[name], one) for name, some in chosen.items() for one in some], routed.sent_to_wait


def _at_frames(session: Session, live: Live, routed: list[Candidate], most: int) -> list[Candidate]:
    scraped = due.footage_at(session, states.SCRAPING_URL, live, limit=most)
    frames = due.frames(session, live, most=most)
    return due.in_turn(frames, due.live_frames(session, live), [*scraped, *routed], most=most)


def _to_describe(session: Session, live: Live, most: int) -> list[Candidate]:
    begun = due.footage_at(session, states.GENERATING_EMBEDDINGS, live, limit=most)
    ready = due.footage_at(session, states.PROCESSING_FRAME_INFO, live, due.is_open(), limit=most - len(begun))
    return [*begun, *ready]


def _promise(session: Session, step: PipelineStep, candidate: Candidate) -> Promise:
    return submit.promise(
        session,
        job_type_of(step, candidate.target.kind),
        target_type=candidate.target.kind,
        target_id=candidate.target.key,
        title=candidate.title,
        owner_id=candidate.owner_id,
        tags=TAGS,
    )
