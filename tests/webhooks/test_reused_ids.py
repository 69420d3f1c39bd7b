"""Nobody is told of a job because their endpoint has got the id of one that is gone."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from extensions import db, transaction
from models import Job, User, WebhookDelivery, WebhookEndpoint
from services.jobs import operations
from services.jobs.submit import submit
from services.webhooks import endpoints
from tests.webhooks.conftest import MakeEndpoint


@pytest.fixture
def other_id(app: Flask, owner: User) -> int:
    with transaction() as session:
        other = User(name="ben", created_at=0.0)
        session.add(other)
        session.flush()
        return other.id


def _owed() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(WebhookDelivery.endpoint_id)))


def test_a_job_forgets_an_endpoint_that_is_deleted(make_endpoint: MakeEndpoint) -> None:
    endpoint_id = make_endpoint().id
    job_id = submit("analyze_song", owner_id=1, webhook_id=endpoint_id).job_id
    endpoints.delete(endpoint_id, actor="test")
    assert db.session.get_one(Job, job_id).webhook_id is None


def test_it_tells_nobody_whose_endpoint_is_younger_than_the_job(make_endpoint: MakeEndpoint, other_id: int) -> None:
    endpoint_id = make_endpoint(owner_id=other_id).id
    job_id = submit("analyze_song", owner_id=1, webhook_id=endpoint_id).job_id
    with transaction() as session:
        session.execute(update(WebhookEndpoint).values(created_at=WebhookEndpoint.created_at + 60))
    operations.cancel(job_id)
    assert _owed() == []


def test_it_tells_another_whose_endpoint_was_there_first(make_endpoint: MakeEndpoint, other_id: int) -> None:
    endpoint_id = make_endpoint(owner_id=other_id).id
    operations.cancel(submit("analyze_song", owner_id=1, webhook_id=endpoint_id).job_id)
    assert _owed() == [endpoint_id]
