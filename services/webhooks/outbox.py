"""The messages that the end of a job owes, written in the transaction that ends it (the transactional outbox).

What is written here is sent by `delivery`; the bytes of a message stay the same at every try.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import and_, insert, or_, select
from sqlalchemy.orm import Session
from ulid import ULID

import clock
from extensions import db_now
from models import Job, WebhookDelivery, WebhookEndpoint
from services.jobs import states
from services.jobs.s2 import s2_status

JOB_FINISHED, JOB_FAILED, JOB_CANCELED = "job.finished", "job.failed", "job.canceled"
JOB_EVENTS = (JOB_FINISHED, JOB_FAILED, JOB_CANCELED)
EVENT_OF = {states.FINISHED: JOB_FINISHED, states.FAILED: JOB_FAILED, states.CANCELED: JOB_CANCELED}

_TOLD = (
    *(Job.id, Job.type, Job.status, Job.attempt, Job.version, Job.progress),
    *(Job.result, Job.error, Job.created_at, Job.ended_at),
)


@dataclass(frozen=True, slots=True)
class Ended:
    """A job of which an attempt has just ended; a parent's child has its `parent_id`."""

    id: str
    attempt: int
    parent_id: str | None
    owner_id: int | None
    webhook_id: int | None
    created_at: float
    type: str = ""


def queue_for(session: Session, jobs: Sequence[Ended], status: str) -> None:
    """Write a message for each endpoint of each of these jobs, which have just ended alike and are nobody's children.

    Where nobody wants to be told it is one SELECT, and none if the jobs have no owner and named no endpoint.
    """
    event = EVENT_OF[status]
    endpoints = _endpoints_of(session, jobs, event)
    if not endpoints:
        return
    rows = session.execute(select(*_TOLD).where(Job.id.in_(endpoints)))
    now = session.scalar(select(db_now()))
    session.execute(
        insert(WebhookDelivery),
        [_message(row, endpoint_id, event, now) for row in rows for endpoint_id in endpoints[row.id]],
    )


def _endpoints_of(session: Session, jobs: Sequence[Ended], event: str) -> dict[str, list[int]]:
    """Whom each job's end is to be told: the endpoint named with it, and its owner's standing ones for the event."""
    owners, named = {job.owner_id for job in jobs} - {None}, {job.webhook_id for job in jobs} - {None}
    if not owners and not named:
        return {}
    standing = and_(WebhookEndpoint.owner_id.in_(owners), WebhookEndpoint.is_standing)
    facts = (WebhookEndpoint.owner_id, WebhookEndpoint.is_standing, WebhookEndpoint.events, WebhookEndpoint.created_at)
    wanted = select(WebhookEndpoint.id, *facts).where(
        WebhookEndpoint.disabled_at.is_(None), or_(standing, WebhookEndpoint.id.in_(named)) if named else standing
    )
    # PostgreSQL: one that is deleted at this moment must not make the work that is done fail.
    held = wanted.order_by(WebhookEndpoint.id).with_for_update(read=True, key_share=True)
    endpoints = session.execute(held).all()
    found: dict[str, list[int]] = defaultdict(list)
    for job in jobs:
        for endpoint in endpoints:
            if _wants(endpoint, job, event):
                found[job.id].append(endpoint.id)
    return found


def _wants(endpoint: Any, job: Ended, event: str) -> bool:
    """An endpoint that was named with the job is told of its end, however that came, and whosever the job is: an
    operator may have asked for it. Another's that is younger than the job has only got the id of the one that was.
    """
    is_owners = endpoint.owner_id == job.owner_id
    if endpoint.id == job.webhook_id and (is_owners or endpoint.created_at <= job.created_at):
        return True
    return bool(endpoint.is_standing and is_owners and event in endpoint.events)


def _message(job: Any, endpoint_id: int, event: str, now: float | None) -> dict[str, Any]:
    return {
        "message_id": f"msg_{ULID()}",
        "endpoint_id": endpoint_id,
        "job_id": job.id,
        "attempt": job.attempt,
        "event": event,
        "seq": job.version,
        "body": body(job, event),
        "due_at": now,
        "created_at": now,
    }


def body(job: Any, event: str) -> str:
    """What is told of a job that is over: the fields of the contract, and `seq`, which orders what is told of one."""
    told = {
        "job_id": job.id,
        "job_type": job.type,
        "status": s2_status(job.status),
        "progress": round(job.progress * 100, 2),
        "result": job.result if job.status == states.FINISHED else None,
        "error": job.error if job.status == states.FAILED else None,
        "seq": job.version,
        "event": event,
        "created_at": clock.iso(job.created_at),
        "completed_at": clock.iso(job.ended_at),
    }
    return orjson.dumps(told).decode()
