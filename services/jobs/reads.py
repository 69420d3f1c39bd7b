"""What those who poll are told: straight from Redis where it can be, else from the row.

For a while after an outage it is the one of both that tells more: what Redis holds from before is behind the rows that
were told of meanwhile, and progress never goes back.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson
import structlog
from redis.exceptions import RedisError
from sqlalchemy import select

from errors import InvalidInput
from extensions import db, redis
from models import Job
from services.jobs import dependencies, line, publish, states
from services.jobs.documents import LiveState, document, json_head
from services.jobs.operations import no_such_job
from store import outages
from store.progress import LIVE_TTL_SECONDS, LiveDocument, ProgressStore

log = structlog.get_logger(__name__)

MAX_IDS = 200
OUTAGE_MARGIN_SECONDS = 5  # for who read a row before the outage, and wrote what it said after it had begun


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
        live = ProgressStore(redis.client).read_many(job_ids)
        redis_answered = True
    except RedisError as e:
        log.warning("progress_from_sql", error=str(e))
        outages.note()
        live, redis_answered = {}, False
    wanted = job_ids if may_be_behind() else [job_id for job_id in job_ids if job_id not in live]
    return live | _from_rows(wanted, live, redis_answered=redis_answered) if wanted else live


def may_be_behind() -> bool:
    """Whether somebody may have been told more from a row than what Redis still holds from before its outage."""
    return outages.seconds_since_last() < LIVE_TTL_SECONDS + OUTAGE_MARGIN_SECONDS


def _from_rows(
    job_ids: list[str], live: Mapping[str, LiveDocument], *, redis_answered: bool
) -> dict[str, LiveDocument]:
    """What the rows say of those jobs, but for those of which `live` says no less."""
    rows = select(Job).where(Job.id.in_(job_ids)).execution_options(populate_existing=True)
    jobs = db.session.scalars(rows).all()
    in_line = line.facts(jobs) | dependencies.facts(jobs)
    found: dict[str, LiveDocument] = {}
    for job in jobs:
        state = publish.row_state(job)
        if job.id not in live or _is_behind(live[job.id], job, state):
            found[job.id] = from_row(job, state, in_line.get(job.id, {}), redis_answered=redis_answered)
    return found


def _is_behind(told: LiveDocument, job: Job, state: LiveState) -> bool:
    """Whether a document of Redis tells less of a job than its row."""
    document = orjson.loads(told.body)
    if document["attempt"] != job.attempt:
        return bool(document["attempt"] < job.attempt)
    if document["status"] in states.ENDED:
        return False
    return state.status in states.ENDED or round(state.progress, 4) > document["progress"]


def from_row(job: Job, state: LiveState, in_line: Mapping[str, Any], *, redis_answered: bool) -> LiveDocument:
    """The document that a row yields; `degraded` where a running job has no live report to go by. That of a parent is
    as true, and yet its version may be behind the one that Redis has told of.

    `state` is the row's; `in_line` is what is told of its place, if it stands in line, or of what it waits for.
    """
    fields = document(job, state) | dict(in_line)
    if not redis_answered or job.status == states.STARTED:
        fields["degraded"] = True
    body = json_head(fields) + str(job.version).encode() + b"}"
    # By all that it says: a job's place in line changes without a new version of its row.
    return LiveDocument(f'"{job.attempt}-{job.version}-{blake2b(body, digest_size=8).hexdigest()}"', body)
