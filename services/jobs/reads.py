"""What those who poll are told: straight from Redis where it can be, else from the row."""

import structlog
from redis.exceptions import RedisError
from sqlalchemy import and_, func, or_, select

import clock
from errors import InvalidInput, NotFound
from extensions import db, redis
from models import Job
from services.jobs import publish, states
from services.jobs.documents import document, json_head
from services.jobs.registry import QUEUES
from store.progress import LiveDocument, ProgressStore

log = structlog.get_logger(__name__)

MAX_IDS = 200
# A place further back than this is told as this: counting on costs more than it tells.
MAX_POSITION = 1000


def progress(job_id: str) -> LiveDocument:
    """The progress document of one job.

    :raise NotFound: if there is no such job.
    """
    found = progress_of_many([job_id])
    if job_id not in found:
        raise NotFound(f"There is no job {job_id!r}.", code="no_such_job")
    return found[job_id]


def progress_of_many(job_ids: list[str]) -> dict[str, LiveDocument]:
    """The documents of those jobs that there are, by id.

    :raise InvalidInput: if more than 200 are asked for.
    """
    if len(job_ids) > MAX_IDS:
        raise InvalidInput(
            f"{len(job_ids)} ids are too many.", details={"ids": f"at most {MAX_IDS} ids, separated by commas"}
        )
    try:
        found = ProgressStore(redis.client).read_many(job_ids)
        redis_answered = True
    except RedisError as e:
        log.warning("progress_from_sql", error=str(e))
        found, redis_answered = {}, False
    absent = [job_id for job_id in job_ids if job_id not in found]
    if absent:
        rows = select(Job).where(Job.id.in_(absent)).execution_options(populate_existing=True)
        for job in db.session.scalars(rows):
            found[job.id] = from_row(job, redis_answered=redis_answered)
    return found


def from_row(job: Job, *, redis_answered: bool) -> LiveDocument:
    """The document that a row yields; `degraded` where a running job has no live report to go by."""
    live = publish.row_state(job, clock.now())
    fields = document(job, live)
    if job.status == states.QUEUED and job.parent_id is None:
        fields["queue_position"] = position_in_queue(job)
    if not redis_answered or (job.status == states.STARTED and job.children_total is None):
        fields["degraded"] = True
    variant = f"{job.attempt}-{job.version}-{job.status}-{fields.get('queue_position', '')}-{live.current}"
    return LiveDocument(f'"{variant}"', json_head(fields) + str(job.version).encode() + b"}")


def position_in_queue(job: Job) -> int | None:
    """Its place in line, from 1, counting what the workers take first; None if it does not wait."""
    if job.status != states.QUEUED:
        return None
    urgent = QUEUES[: QUEUES.index(job.queue)] if job.queue in QUEUES else QUEUES
    ahead = (
        select(Job.id)
        .where(
            Job.parent_id.is_(None),
            Job.status == states.QUEUED,
            or_(
                Job.queue.in_(urgent),
                and_(
                    Job.queue == job.queue,
                    or_(Job.due_at < job.due_at, and_(Job.due_at == job.due_at, Job.id < job.id)),
                ),
            ),
        )
        .limit(MAX_POSITION)
        .subquery()
    )
    return (db.session.scalar(select(func.count()).select_from(ahead)) or 0) + 1
