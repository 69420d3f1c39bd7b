"""What an endpoint that fails may expect, and its other messages."""

from sqlalchemy import select

from extensions import db
from models import WebhookDelivery, WebhookEndpoint
from services.webhooks import deliveries, endpoints
from services.webhooks.backoff import DAY, GAPS_SECONDS
from tests.servers.sink import Sink, answer
from tests.webhooks.conftest import Deliver, MakeEndpoint, Owe, PassTime


def _states(endpoint_id: int) -> list[str]:
    theirs = WebhookDelivery.endpoint_id == endpoint_id
    return list(db.session.scalars(select(WebhookDelivery.state).where(theirs).order_by(WebhookDelivery.id)))


def _endpoint(endpoint_id: int) -> WebhookEndpoint:
    return db.session.get_one(WebhookEndpoint, endpoint_id, populate_existing=True)


def test_it_sends_each_once_the_receiver_is_back(
    make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink, pass_time: PassTime
) -> None:
    receiver.otherwise = answer(503)
    endpoint_id = make_endpoint().id
    ids = owe(_endpoint(endpoint_id), 3)
    for _ in range(12):  # an hour
        while deliver():
            pass
        pass_time(300)
    assert _endpoint(endpoint_id).failing_since is not None
    receiver.otherwise = answer()
    pass_time(3 * 3600)
    while deliver():
        pass
    assert _states(endpoint_id) == ["delivered"] * 3
    assert _endpoint(endpoint_id).failing_since is None
    assert {request.message_id for request in receiver.received} == {
        deliveries.get(delivery_id).message.message_id for delivery_id in ids
    }


def test_it_gives_a_message_up_in_the_end(
    make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink, pass_time: PassTime
) -> None:
    receiver.otherwise = answer(500)
    endpoint_id = make_endpoint().id
    (delivery_id,) = owe(_endpoint(endpoint_id))
    for gap_seconds in (*GAPS_SECONDS, 0.0):
        deliver()
        pass_time(gap_seconds)
    message = deliveries.get(delivery_id).message
    assert (message.state, message.tries, len(receiver.received)) == ("failed", 10, 10)
    assert len({request.message_id for request in receiver.received}) == 1


def test_it_waits_for_as_long_as_it_is_asked_to(
    make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink, pass_time: PassTime
) -> None:
    receiver.script = [answer(503, Retry_After="120")]
    owe(make_endpoint())
    deliver()
    pass_time(110)
    assert deliver() == 0
    pass_time(20)
    assert deliver() == 1


def test_it_spares_one_that_is_overloaded(
    make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink, pass_time: PassTime
) -> None:
    receiver.otherwise = answer(429)
    owe(make_endpoint(), 5)
    assert [deliver(), deliver()] == [2, 0]
    receiver.otherwise = answer()
    pass_time(61)
    assert deliver() == 1  # one at a time until it works again
    assert deliver() == 2


def test_it_switches_off_at_410(make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink) -> None:
    receiver.otherwise = answer(410)
    endpoint_id = make_endpoint().id
    owe(_endpoint(endpoint_id), 4)
    deliver()
    endpoint = _endpoint(endpoint_id)
    assert endpoint.disabled_reason == "It answered 410 Gone, which asks for no more messages."
    assert endpoints.switched_off_by_us(endpoint.owner_id) == 1
    assert deliver() == 0
    assert "pending" not in _states(endpoint_id)


def test_it_switches_off_after_five_days(
    make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink, pass_time: PassTime
) -> None:
    receiver.otherwise = answer(500)
    endpoint_id = make_endpoint().id
    for seconds in (DAY, DAY, DAY, DAY, DAY - 60, 120):
        owe(_endpoint(endpoint_id))
        deliver()
        assert _endpoint(endpoint_id).disabled_at is None
        pass_time(seconds)
    owe(_endpoint(endpoint_id))
    deliver()
    assert _endpoint(endpoint_id).disabled_reason == "Every message to it has failed for five days."


def test_weeks_in_which_nothing_was_sent_are_no_weeks_of_failure(
    make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink, pass_time: PassTime
) -> None:
    receiver.otherwise = answer(500)
    endpoint_id = make_endpoint().id
    owe(_endpoint(endpoint_id))
    for gap_seconds in (*GAPS_SECONDS, 0.0):
        deliver()
        pass_time(gap_seconds)
    assert _states(endpoint_id) == ["failed"]
    pass_time(30 * DAY)
    receiver.otherwise = answer(503)
    owe(_endpoint(endpoint_id), 2)
    while deliver():
        pass
    assert _states(endpoint_id) == ["failed", "pending", "pending"]
    assert _endpoint(endpoint_id).disabled_at is None


def test_one_that_is_sent_again_by_hand_has_three_days_before_it_again(
    make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink, pass_time: PassTime
) -> None:
    receiver.otherwise = answer(500)
    (delivery_id,) = owe(make_endpoint())
    pass_time(4 * DAY)
    deliver()
    assert deliveries.get(delivery_id).message.state == "failed"
    deliveries.redeliver(delivery_id, actor="test")
    deliver()
    assert deliveries.get(delivery_id).message.state == "pending"


def test_it_starts_over_at_another_address(
    make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink
) -> None:
    receiver.otherwise = answer(500)
    endpoint_id = make_endpoint().id
    owe(_endpoint(endpoint_id))
    deliver()
    endpoints.change(endpoint_id, url=receiver.url, actor="test")
    assert _endpoint(endpoint_id).failing_since is not None
    endpoints.change(endpoint_id, url=receiver.url + "/new", actor="test")
    assert _endpoint(endpoint_id).failing_since is None


def test_it_starts_over_when_it_is_switched_on(
    make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink
) -> None:
    receiver.script = [answer(410)]
    endpoint_id = make_endpoint().id
    (delivery_id,) = owe(_endpoint(endpoint_id))
    deliver()
    endpoints.change(endpoint_id, enabled=True, actor="test")
    deliveries.redeliver(delivery_id, actor="test")
    deliver()
    assert (_states(endpoint_id), _endpoint(endpoint_id).failing_since) == (["delivered"], None)
