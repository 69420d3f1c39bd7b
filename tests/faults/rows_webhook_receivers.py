"""Receivers of webhooks that send elsewhere, or are not where they say."""

import itertools
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from clients.public_http import Unreachable, open_stream
from errors import InvalidInput
from extensions import transaction
from models import WebhookEndpoint
from services import vault
from services.library import users
from services.webhooks import deliveries, endpoints, secrets
from tests.faults.catalogue import row
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.webhooks_alone import alone, endpoint_at, fresh, over
from tests.servers.sink import answer, sink
from tests.webhooks.hostile import BY_LOOKS, BY_NAME
from tests.webhooks.names import Connections, Names
from tests.webhooks.rounds import deliver, owe


@row("13", "a webhook's receiver redirects to metadata, to a file and to another host", short=True)
def redirects(kit: Kit) -> Outcome:
    codes, breaches = (301, 302, 303, 307, 308), []
    with alone(kit), sink() as receiver, sink() as canary:
        targets = (
            "http://169.254.169.254/latest/",
            "file:///etc/passwd",
            canary.url,
            "//" + urlsplit(canary.url).netloc,
        )
        endpoint, _ = endpoint_at(receiver.url)
        for code, target in itertools.product(codes, targets):
            receiver.otherwise = answer(code, Location=target)
            (delivery_id,) = owe(fresh(endpoint.id))
            deliver()
            message = deliveries.get(delivery_id).message
            if (message.state, message.last_code) != ("pending", code):
                breaches.append(f"{code} to {target}: {message.state}, {message.last_code}")
            over()
        breaches += [f"the canary was asked {len(canary.received)} times"] * bool(canary.received)
    return Outcome(len(codes) * len(targets), breaches=tuple(breaches))


@row("14", "webhooks to this machine, private networks and metadata", short=True)
def hostile_addresses(kit: Kit) -> Outcome:
    """Refused where it is kept, and where it is sent to though it was kept; nobody is connected to."""
    breaches: list[str] = []
    with alone(kit, webhook_allow_private=False), pytest.MonkeyPatch.context() as patch:
        owner_id = users.default_owner().id
        names = Names(patch)
        connections = Connections(patch)
        for url, leads_to in ({url: ["127.0.0.1"] for url in BY_LOOKS} | BY_NAME).items():
            names.say(_host(url), leads_to)
            breaches += _is_kept(owner_id, url) + _is_sent(owner_id, url)
        breaches += [f"{address} was connected to" for address in connections.to]
    return Outcome(2 * (len(BY_LOOKS) + len(BY_NAME)), breaches=tuple(breaches))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_kept(owner_id: int, url: str) -> list[str]:
    try:
        endpoints.create(owner_id, url, actor="fault")
    except InvalidInput as e:
        return [] if e.details and "url" in e.details else [f"{url}: refused without a reason"]
    return [f"{url} was taken"]


def _is_sent(owner_id: int, url: str) -> list[str]:
    """As if it had been kept by an older version, or its name had led elsewhere then."""
    with transaction() as session:
        endpoint = session.scalar(select(WebhookEndpoint)) or _harmless(owner_id)
        endpoint.url, endpoint.failing_since = url, None
        session.add(endpoint)
        session.flush()
    (delivery_id,) = owe(endpoint)
    deliver()
    tried = deliveries.get(delivery_id).tries[0]
    over()
    return [] if tried.code is None and "cannot be used" in (tried.error or "") else [f"{url}: {tried.error}"]


def _harmless(owner_id: int) -> WebhookEndpoint:
    return WebhookEndpoint(
        owner_id=owner_id,
        is_standing=True,
        events=["job.finished"],
        secret=vault.seal(secrets.new()),
        created_at=0.0,
        updated_at=0.0,
    )


@row("15", "a webhook's name leads outside when it is checked and inside when it is asked again", short=True)
def rebinding(kit: Kit) -> Outcome:
    public, inside_ = ["93.184.215.14"], ["127.0.0.1"]
    stories = [
        [public, inside_],
        [public, ["::1"]],
        [public, [*public, *inside_]],
        [[*public, *inside_], public],
        [["2606:2800:21f:cb07:6820:80da:af6b:8b2c"], inside_],
    ]
    breaches = []
    with pytest.MonkeyPatch.context() as patch:
        names, connections = Names(patch), Connections(patch)
        for number, story in enumerate(stories):
            name = f"rebinding{number}.example.com"
            names.say(name, *story)
            breaches += [f"{story}: {wrong}" for wrong in _asked_inside(name, connections)]
    return Outcome(len(stories), breaches=tuple(breaches))


def _asked_inside(name: str, connections: Connections) -> list[str]:
    connections.to.clear()
    try:
        with open_stream(f"http://{name}/", allow_private=False, total_seconds=5, max_bytes=10):
            return ["it was answered"]
    except (InvalidInput, Unreachable):
        return [f"{address} was connected to" for address in connections.to if address in ("127.0.0.1", "::1")]
