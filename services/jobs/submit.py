"""Taking work in: the row is committed first, and only then is the bell rung."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session
from ulid import ULID

import crashpoints
from errors import Unavailable
from extensions import db, db_now, redis, transaction
from models import Job
from services.jobs import dependencies, moves, states, tagging
from services.jobs.registry import JobType, job_type
from store.bell import Bell

log = structlog.get_logger(__name__)

# A ring may be spent on further short jobs, so it may take longer than the job that it is for.
DRAIN_MARGIN_SECONDS = 30
# The live job can end between our insert and our look; each further try meets another one's job or makes its own.
MAX_TRIES = 5

# The id of the job to wait for, or how to tell it within the transaction that keeps the new one.
After = str | Callable[[Session], str | None] | None


@dataclass(frozen=True, slots=True)
class Submission:
    """The job that will do the work, and whether it was there already."""

    job_id: str
    status: str
    already_running: bool


def active_key(type_name: str, target_type: str | None, target_id: str | None, params: Mapping[str, Any]) -> str | None:
    """What may be live only once; None for work on no particular target."""
    if target_id is None:
        return None
    digest = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()[:16]
    return f"{type_name}:{target_type}:{target_id}:{digest}"


def ring_timeout_seconds(kind: JobType) -> float:
    return kind.time_limit_seconds + DRAIN_MARGIN_SECONDS


def submit(
    type_name: str,
    *,
    target_type: str | None = None,
    target_id: str | int | None = None,
    title: str = "",
    params: Mapping[str, Any] | None = None,
    owner_id: int | None = None,
    queue: str | None = None,
    job_id: str | None = None,
    after: After = None,
    tags: Sequence[str] = (),
    webhook_id: int | None = None,
) -> Submission:
    """Promise this work: a new job, or the one that is live for the same type, target and params.

    With `after` it waits, `deferred`, until that job has finished, and fails if that does not. `webhook_id` is an
    endpoint of its owner that is told of its end besides the standing ones.

    :raise NotFound: if there is no such job type.
    :raise Conflict: if the job to wait for is over without having finished, or is not there.
    :raise InvalidInput: if a tag is none, or the job to wait for is a part of a larger one.
    :raise Unavailable: if the job cannot be kept.
    """
    kind = job_type(type_name)
    target = None if target_id is None else str(target_id)
    values = job_values(kind, target_type, target, title, params or {}, owner_id, tags) | {
        "queue": queue or kind.queue,
        "webhook_id": webhook_id,
    }
    for _ in range(MAX_TRIES):
        submission = _insert(job_id or str(ULID()), values, after) or _live(values["active_key"])
        if submission is not None:
            if not submission.already_running and submission.status == states.QUEUED:
                crashpoints.reached("C0b")
                ring(submission.job_id, 1, 0, kind, str(values["queue"]))
            return submission
    raise Unavailable("The work could not be taken in just now; try again.")


@dataclass(frozen=True, slots=True)
class Promise:
    """A job that is written, and not yet rung for."""

    job_id: str
    kind: JobType
    queue: str
    status: str

    @property
    def submission(self) -> Submission:
        return Submission(self.job_id, self.status, already_running=False)


def promise(
    session: Session,
    type_name: str,
    *,
    target_type: str,
    target_id: str,
    title: str,
    owner_id: int | None,
    params: Mapping[str, Any] | None = None,
    queue: str | None = None,
    job_id: str | None = None,
    after: After = None,
    tags: Sequence[str] = (),
    webhook_id: int | None = None,
    delay_seconds: float = 0.0,
) -> Promise:
    """Write a job, as `submit` does, in a transaction of the caller's; once that is committed, `keep` rings for it.

    For one that is due only `delay_seconds` from now the janitor rings.

    :raise IntegrityError: if the same work is live; nothing may be committed then.
    """
    kind = job_type(type_name)
    values = job_values(kind, target_type, target_id, title, params or {}, owner_id, tags)
    queue = queue or kind.queue
    job_id = job_id or str(ULID())
    values |= {"queue": queue, "webhook_id": webhook_id}
    status = _write(session, job_id, values, after, delay_seconds)
    return Promise(job_id, kind, queue, status)


def keep(promised: Promise) -> None:
    """Ring for a job that is committed by now; the janitor does if this is never reached."""
    if promised.status == states.QUEUED:
        ring(promised.job_id, 1, 0, promised.kind, promised.queue)


def keep_many(promises: Iterable[Promise]) -> None:
    """The same for many, in one round trip for each queue and time limit."""
    rings: defaultdict[tuple[str, float], list[str]] = defaultdict(list)
    for promised in promises:
        if promised.status == states.QUEUED:
            rings[promised.queue, ring_timeout_seconds(promised.kind)].append(promised.job_id)
    for (queue, timeout_seconds), job_ids in rings.items():
        try:
            first_rings = [(job_id, 1) for job_id in job_ids]
            Bell(redis.client).ring_many(queue, first_rings, timeout_seconds=timeout_seconds)
        except RedisError as e:
            log.warning("rings_failed", jobs=len(job_ids), error=str(e))
            note_unrung(Job.id.in_(job_ids))


def job_values(
    kind: JobType,
    target_type: str | None,
    target_id: str | None,
    title: str,
    params: Mapping[str, Any],
    owner_id: int | None,
    tags: Sequence[str],
) -> dict[str, Any]:
    """The columns of a job that say what work is wanted.

    :raise InvalidInput: if a tag is none.
    """
    return {
        "type": kind.name,
        "target_type": target_type,
        "target_id": target_id,
        "title": title[:300],
        "params": dict(params),
        "owner_id": owner_id,
        "active_key": active_key(kind.name, target_type, target_id, params),
        "max_attempts": kind.max_attempts,
        "tags": tagging.checked(tags),
    }


_BEGUN_AT = ("due_at", "dispatched_at", "created_at", "updated_at")
# A job that is due at once, made once as the statements in `moves`.
INSERT_DUE = insert(Job).values(dict.fromkeys(_BEGUN_AT, db_now()))


def new_row(job_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a job that is due at once, and taken to be rung for."""
    times = dict.fromkeys(_BEGUN_AT, db_now())
    return {"id": job_id, "status": states.QUEUED, **times, **values}


def _begun(standing: dependencies.Standing) -> dict[str, Any]:
    unrung = {"dispatched_at": None} if standing.status == states.DEFERRED else {}
    return {"status": standing.status, "after_id": standing.after_id, **unrung}


def _insert(job_id: str, values: Mapping[str, Any], after: After) -> Submission | None:
    try:
        with transaction() as session:
            status = _write(session, job_id, values, after)
            crashpoints.reached("C0a")
    except IntegrityError:
        if values["active_key"] is None:
            raise
        return None
    return Submission(job_id, status, already_running=False)


def _write(session: Session, job_id: str, values: Mapping[str, Any], after: After, delay_seconds: float = 0.0) -> str:
    """The status in which it begins."""
    begins = _begun(dependencies.standing(session, after(session) if callable(after) else after))
    if begins["status"] == states.QUEUED and delay_seconds > 0:
        begins |= {"status": states.SCHEDULED, "due_at": db_now() + delay_seconds}
    status = str(begins["status"])
    if status == states.QUEUED:
        session.connection().execute(INSERT_DUE, {"id": job_id, **values, **begins})
    else:
        session.execute(insert(Job).values(new_row(job_id, values) | begins))
    moves.record(session, job_id, 1, None, status)
    return status


def _live(key: Any) -> Submission | None:
    row = db.session.execute(select(Job.id, Job.status).where(Job.active_key == key)).one_or_none()
    db.session.rollback()
    return None if row is None else Submission(row.id, row.status, already_running=True)


def ring(job_id: str, attempt: int, dispatch_no: int, kind: JobType, queue: str) -> bool:
    """Wake a worker for this job, which is committed by now. If Redis cannot be reached the janitor will ring."""
    try:
        Bell(redis.client).ring(
            queue,
            job_id=job_id,
            attempt=attempt,
            dispatch_no=dispatch_no,
            timeout_seconds=ring_timeout_seconds(kind),
        )
    except RedisError as e:
        log.warning("ring_failed", job_id=job_id, error=str(e))
        note_unrung((Job.id == job_id) & (Job.attempt == attempt))
        return False
    return True


def note_unrung(which: ColumnElement[bool]) -> None:
    """Have the janitor ring at once; what cannot be noted it takes for a lost ring, a while later."""
    try:
        with transaction() as session:
            session.execute(update(Job).where(which).values(dispatched_at=None))
    except SQLAlchemyError as e:
        log.warning("unrung_not_noted", error=str(e))
