"""A receiver, endpoints and messages that are owed; a resolver that says what a test wants; and time that passes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from models import User, WebhookEndpoint
from services.webhooks import endpoints
from services.webhooks.delivery import Deliverer
from tests.servers.sink import Sink, sink
from tests.webhooks import rounds
from tests.webhooks.names import Connections, Names


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
    return rounds.owe


@pytest.fixture
def deliver(app: Flask) -> Deliver:
    """A round of the janitor's duty, to its end; how many messages it took."""
    deliverer = Deliverer()
    return lambda: rounds.deliver(deliverer)


@pytest.fixture
def pass_time(app: Flask) -> PassTime:
    """Moves all that webhooks remember of time into the past."""
    return rounds.pass_time
