"""What those who poll are told: straight from Redis where it can be, else from the row."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import select

from errors import InvalidInput
from extensions import db, redis
from models import Job
from services.jobs import dependencies, line, publish, states
from services.jobs.documents import document, json_head
from services.jobs.operations import no_such_job
from store.progress import LiveDocument, ProgressStore

log = structlog.get_logger(__name__)

MAX_IDS = 200


def progress(job_id: str) -> LiveDocument:
    """The progress document of one job.

    :raise NotFound: if there is no such job.
    """
    found = progress_of_many([job_id])
    if job_id not in found:
        raise no_such_job(job_id)
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
        jobs = db.session.scalars(rows).all()
        in_line = line.facts(jobs) | dependencies.facts(jobs)
        for job in jobs:
            found[job.id] = from_row(job, in_line.get(job.id, {}), redis_answered=redis_answered)
    return found


def from_row(job: Job, in_line: Mapping[str, Any], *, redis_answered: bool) -> LiveDocument:
    """The document that a row yields; `degraded` where a running job has no live report to go by. That of a parent is
    as true, and yet its version may be behind the one that Redis has told of.

    `in_line` is what is told of its place, if it stands in line, or of what it waits for.
    """
    fields = document(job, publish.row_state(job)) | dict(in_line)
    if not redis_answered or job.status == states.STARTED:
        fields["degraded"] = True
    body = json_head(fields) + str(job.version).encode() + b"}"
    # By all that it says: a job's place in line changes without a new version of its row.
    return LiveDocument(f'"{job.attempt}-{job.version}-{blake2b(body, digest_size=8).hexdigest()}"', body)
