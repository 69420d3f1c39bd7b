"""What must hold of jobs that wait for others, and of the messages that ends owe."""

from collections import Counter

from sqlalchemy import Connection, and_, exists, func, select
from sqlalchemy.orm import aliased

from models import Job, JobEvent, WebhookDelivery, WebhookEndpoint
from services.jobs import states
from services.webhooks.outbox import EVENT_OF


def waiting_in_vain(connection: Connection) -> list[str]:
    """I1: who waits for another job is freed or failed with its end, so that one is not over yet."""
    awaited = aliased(Job)
    live = exists().where(awaited.id == Job.after_id, awaited.status.in_(states.LIVE))
    rows = connection.execute(select(Job.id, Job.after_id).where(Job.status == states.DEFERRED, ~live))
    return [f"I1: job {row.id} waits for job {row.after_id}, which is over or gone" for row in rows]


def doubled(connection: Connection) -> list[str]:
    """I4: an endpoint is owed one message of each end."""
    message = (WebhookDelivery.endpoint_id, WebhookDelivery.job_id, WebhookDelivery.attempt)
    rows = connection.execute(select(*message, func.count().label("n")).group_by(*message).having(func.count() > 1))
    return [f"I4: endpoint {row.endpoint_id} is owed {row.n} messages of job {row.job_id}" for row in rows]


def untold(connection: Connection) -> list[str]:
    """I4: each end of a job that is nobody's child is owed to the standing endpoints that its owner had by then."""
    stands = and_(
        WebhookEndpoint.owner_id == Job.owner_id,
        WebhookEndpoint.is_standing,
        WebhookEndpoint.disabled_at.is_(None),
        WebhookEndpoint.created_at <= JobEvent.at,
    )
    ends = (
        select(JobEvent.job_id, JobEvent.attempt, JobEvent.to_status, WebhookEndpoint.id, WebhookEndpoint.events)
        .join(Job, Job.id == JobEvent.job_id)
        .join(WebhookEndpoint, stands)
        .where(Job.parent_id.is_(None), JobEvent.to_status.in_(states.ENDED))
    )
    rows = connection.execute(ends).all()
    owed = Counter(
        (EVENT_OF[row.to_status], row.job_id, row.attempt, row.id)
        for row in rows
        if EVENT_OF[row.to_status] in row.events
    )
    columns = (WebhookDelivery.event, WebhookDelivery.job_id, WebhookDelivery.attempt, WebhookDelivery.endpoint_id)
    kept = {tuple(row) for row in connection.execute(select(*columns))}
    return [f"I4: endpoint {end[3]} is owed nothing of the end of job {end[1]}" for end in owed if end not in kept]
