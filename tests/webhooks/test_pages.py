"""The pages of webhooks, without JavaScript."""

import pytest
from flask.testing import FlaskClient

from models import WebhookEndpoint
from services.webhooks import endpoints
from tests.servers.sink import Sink, answer
from tests.webhooks.conftest import Deliver, MakeEndpoint, Owe

BANNER = "switched off because"


@pytest.fixture
def endpoint_id(make_endpoint: MakeEndpoint) -> int:
    return make_endpoint().id


def _page(client: FlaskClient, path: str) -> str:
    answered = client.get(path)
    assert answered.status_code == 200
    return answered.text


def test_it_adds_one_and_shows_its_secret_once(client: FlaskClient, receiver: Sink) -> None:
    made = client.post("/webhooks", data={"url": receiver.url, "events": ["job.failed"], "description": "<b>Ours"})
    assert made.status_code == 201
    assert "whsec_" in made.text
    listed = _page(client, "/webhooks")
    assert receiver.url in listed
    assert "&lt;b&gt;Ours" in listed
    assert "whsec_" not in listed


def test_it_says_what_is_wrong_and_keeps_what_was_typed(client: FlaskClient) -> None:
    refused = client.post("/webhooks", data={"url": "ftp://example.com/", "events": ["job.failed"]})
    assert refused.status_code == 422
    assert "it must begin with https:// or http://" in refused.text
    assert 'value="ftp://example.com/"' in refused.text


def test_it_changes_one(client: FlaskClient, endpoint_id: int, receiver: Sink) -> None:
    form = {"url": receiver.url + "/new", "events": ["job.canceled"], "description": "New"}
    assert client.post(f"/webhooks/{endpoint_id}", data=form).status_code == 303
    endpoint = endpoints.get(endpoint_id)
    assert (endpoint.url, endpoint.events) == (receiver.url + "/new", ["job.canceled"])
    assert (endpoint.description, endpoint.is_standing) == ("New", False)


def test_it_says_why_a_change_is_refused(client: FlaskClient, endpoint_id: int, receiver: Sink) -> None:
    refused = client.post(f"/webhooks/{endpoint_id}", data={"url": receiver.url})
    assert refused.status_code == 422
    assert "Name an event" in refused.text


def test_it_sends_a_test_and_shows_what_came_of_it(
    client: FlaskClient, endpoint_id: int, deliver: Deliver, receiver: Sink
) -> None:
    receiver.otherwise = answer(500, b"<script>alert(1)</script>")
    assert client.post(f"/webhooks/{endpoint_id}/test").status_code == 303
    deliver()
    listed = _page(client, f"/webhooks/{endpoint_id}")
    assert "webhook.test" in listed
    assert "answered 500" in listed
    shown = _page(client, "/webhooks/deliveries/1")
    assert "Answered 500" in shown
    assert "sent by hand by local operator" in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "This is a test: no job has ended." in shown


def test_it_sends_one_again(client: FlaskClient, make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver) -> None:
    (delivery_id,) = owe(make_endpoint())
    deliver()
    assert client.post(f"/webhooks/deliveries/{delivery_id}/redeliver").status_code == 303
    assert "Still to come" in _page(client, f"/webhooks/deliveries/{delivery_id}")
    assert deliver() == 1


def test_it_replaces_the_secret(client: FlaskClient, endpoint_id: int) -> None:
    assert "whsec_" in client.post(f"/webhooks/{endpoint_id}/rotate").text
    assert "the secret before signs too until" in _page(client, f"/webhooks/{endpoint_id}")


def test_it_switches_one_off_and_on(client: FlaskClient, endpoint_id: int) -> None:
    client.post(f"/webhooks/{endpoint_id}/off")
    off = _page(client, f"/webhooks/{endpoint_id}")
    assert "Switch on" in off
    assert BANNER not in off  # they know, who did it
    client.post(f"/webhooks/{endpoint_id}/on")
    assert "Send a test" in _page(client, f"/webhooks/{endpoint_id}")


def test_every_page_tells_of_one_that_was_switched_off(
    client: FlaskClient, make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink
) -> None:
    receiver.otherwise = answer(410)
    endpoint: WebhookEndpoint = make_endpoint()
    endpoint_id = endpoint.id
    owe(endpoint)
    assert BANNER not in _page(client, "/")
    deliver()
    assert BANNER in _page(client, "/")
    assert "It answered 410 Gone" in _page(client, "/webhooks")
    client.post(f"/webhooks/{endpoint_id}/on")
    assert BANNER not in _page(client, "/")


def test_it_deletes_one(client: FlaskClient, endpoint_id: int) -> None:
    assert client.post(f"/webhooks/{endpoint_id}/delete").status_code == 303
    assert "No webhooks yet" in _page(client, "/webhooks")
    assert client.get(f"/webhooks/{endpoint_id}").status_code == 404


def test_it_pages_through_deliveries(client: FlaskClient, make_endpoint: MakeEndpoint, owe: Owe) -> None:
    endpoint = make_endpoint()
    owe(endpoint, 51, due_at=4e9)
    first = _page(client, f"/webhooks/{endpoint.id}?state=pending")
    assert first.count("job.finished</b>") == 50
    assert 'rel="next"' in first
    assert "None of these." in _page(client, f"/webhooks/{endpoint.id}?state=failed")
