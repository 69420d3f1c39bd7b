"""Finished work stays finished though an endpoint is deleted at that moment (PostgreSQL)."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, delete
from sqlalchemy.exc import OperationalError

from extensions import db, transaction
from models import WebhookEndpoint
from services.webhooks import outbox
from services.webhooks.outbox import JOB_FINISHED, Ended
from tests.webhooks.conftest import MakeEndpoint


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def somebody_else(app: Flask) -> Iterator[Connection]:
    engine = create_engine(db.engine.url, connect_args={"options": "-c lock_timeout=200"})
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_a_delete_waits_for_the_end_that_looked_first(make_endpoint: MakeEndpoint, somebody_else: Connection) -> None:
    endpoint = make_endpoint()
    ended = Ended("0" * 26, 1, None, endpoint.owner_id, None, 0.0)
    with transaction() as session:
        assert outbox._endpoints_of(session, [ended], JOB_FINISHED)
        with pytest.raises(OperationalError, match="lock timeout"):
            somebody_else.execute(delete(WebhookEndpoint))
