"""A receiver, endpoints and messages that are owed; a resolver that says what a test wants; and time that passes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from ulid import ULID

from extensions import db, db_now, transaction
from models import User, WebhookDelivery, WebhookEndpoint, WebhookTry
from services.webhooks import endpoints
from services.webhooks.delivery import Deliverer
from tests.servers.sink import Sink, sink
from tests.webhooks.names import Connections, Names

BODY = '{"job_id":"01","status":"completed","result":{"title":"Grüße, “Ω”"}}'
TRY_SECONDS = 20.0


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


@pytest.fixture
def connections(names: Names, monkeypatch: pytest.MonkeyPatch) -> Connections:
    return Connections(monkeypatch)


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Receivers of tests are on this machine."""
    return {"webhook_allow_private": True}


@pytest.fixture
def receiver() -> Iterator[Sink]:
    with sink() as listening:
        yield listening


MakeEndpoint = Callable[..., WebhookEndpoint]
Owe = Callable[..., list[int]]
Deliver = Callable[[], int]
PassTime = Callable[[float], None]


@pytest.fixture
def secrets_of() -> dict[int, str]:
    """The secret of each endpoint that `make_endpoint` has made."""
    return {}


@pytest.fixture
def make_endpoint(owner: User, receiver: Sink, secrets_of: dict[int, str]) -> MakeEndpoint:
    """A standing endpoint of the owner's, where the receiver listens unless told otherwise."""
    owner_id = owner.id

    def make(url: str = "", owner_id: int = owner_id) -> WebhookEndpoint:
        endpoint, secret = endpoints.create(owner_id, url or receiver.url, actor="test")
        secrets_of[endpoint.id] = secret
        return endpoint

    return make


@pytest.fixture
def owe(app: Flask) -> Owe:
    """So many messages that are due to an endpoint; their ids."""

    def write(endpoint: WebhookEndpoint, count: int = 1, body: str = BODY, **more: Any) -> list[int]:
        endpoint_id = endpoint.id
        with transaction() as session:
            now = session.scalar(select(db_now())) or 0.0
            rows = [
                WebhookDelivery(
                    **{
                        "message_id": f"msg_{ULID()}",
                        "endpoint_id": endpoint_id,
                        "job_id": str(ULID()),
                        "attempt": 1,
                        "event": "job.finished",
                        "seq": 7,
                        "body": body,
                        "due_at": now,
                        "created_at": now,
                    }
                    | more
                )
                for _ in range(count)
            ]
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows]

    return write


@pytest.fixture
def deliver(app: Flask) -> Deliver:
    """A round of the janitor's duty, to its end; how many messages it took."""
    deliverer = Deliverer()

    def once() -> int:
        taken = deliverer.deliver_due()
        deliverer.wait(TRY_SECONDS)
        db.session.rollback()
        db.session.expire_all()
        return taken

    return once


@pytest.fixture
def pass_time(app: Flask) -> PassTime:
    """Moves all that webhooks remember of time into the past: the databases' clock cannot be set."""
    instants = (
        (WebhookDelivery, ("due_at", "lease_until", "created_at", "delivered_at")),
        (WebhookEndpoint, ("failing_since", "old_secret_until", "disabled_at")),
        (WebhookTry, ("at",)),
    )

    def passing(seconds: float) -> None:
        with transaction() as session:
            for table, columns in instants:
                session.execute(update(table).values({name: getattr(table, name) - seconds for name in columns}))
        db.session.expire_all()

    return passing
