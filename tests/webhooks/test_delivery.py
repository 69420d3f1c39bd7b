"""A message that is owed arrives, as it was written, and what came of it is there to be seen."""

import pytest
from sqlalchemy import func, select

from extensions import db
from models import WebhookDelivery, WebhookTry
from services.webhooks import deliveries
from tests.servers.sink import Sink, answer
from tests.webhooks.conftest import Deliver, MakeEndpoint, Owe
from tests.webhooks.rounds import BODY


def test_it_sends_what_is_due(make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink) -> None:
    receiver.otherwise = answer(200, b"thanks", Content_Type="text/plain")
    (delivery_id,) = owe(make_endpoint())
    assert deliver() == 1
    sent = deliveries.get(delivery_id)
    assert (sent.message.state, sent.message.tries, sent.message.last_code) == ("delivered", 1, 200)
    assert sent.message.lease_until is None
    (tried,) = sent.tries
    assert (tried.code, tried.answer, tried.headers["content-type"]) == (200, "thanks", "text/plain")
    assert [request.body.decode() for request in receiver.received] == [BODY]
    assert receiver.received[0].headers["content-type"] == "application/json"


def test_it_sends_nothing_twice(make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink) -> None:
    owe(make_endpoint(), 5)
    taken = [deliver() for _ in range(5)]
    assert taken == [2, 2, 1, 0, 0]
    assert len({request.message_id for request in receiver.received}) == len(receiver.received) == 5


def test_it_sends_nothing_before_its_time(make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver) -> None:
    owe(make_endpoint(), due_at=4e9)
    assert deliver() == 0


@pytest.mark.parametrize("code", [301, 302, 307, 308, 400, 404, 500, 503])
def test_it_tries_again_what_was_not_taken(
    code: int, make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink
) -> None:
    receiver.otherwise = answer(code, b"no", Location=receiver.url + "/elsewhere")
    (delivery_id,) = owe(make_endpoint())
    deliver()
    message = deliveries.get(delivery_id).message
    assert (message.state, message.tries, message.last_code) == ("pending", 1, code)
    assert message.due_at > message.created_at + 4
    assert [request.path for request in receiver.received] == ["/hook"]


def test_it_keeps_why_nobody_answered(make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver) -> None:
    (delivery_id,) = owe(make_endpoint("http://127.0.0.1:9/"))
    deliver()
    (tried,) = deliveries.get(delivery_id).tries
    assert tried.code is None
    assert tried.error is not None
    assert tried.error.startswith("The connection failed")


def test_it_keeps_no_more_of_an_answer_than_64_kib(
    make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink
) -> None:
    receiver.otherwise = answer(200, b"\0" + b"x" * 1_000_000)
    (delivery_id,) = owe(make_endpoint())
    deliver()
    sent = deliveries.get(delivery_id)
    assert sent.message.state == "delivered"
    assert len(sent.tries[0].answer) == 64 * 1024
    assert "\0" not in sent.tries[0].answer


def test_it_forgets_what_was_over_long_ago(
    make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink
) -> None:
    endpoint = make_endpoint()
    owe(endpoint, due_at=1.0)
    deliver()
    kept = owe(endpoint)
    deliver()
    waiting = owe(endpoint, due_at=1.0)
    deliveries.prune()
    assert list(db.session.scalars(select(WebhookDelivery.id))) == kept + waiting
    assert db.session.scalar(select(func.count()).select_from(WebhookTry)) == 1
