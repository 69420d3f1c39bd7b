"""Who sends which message: nobody twice at a time, and nobody's slowness is another's."""

import threading
from http.server import BaseHTTPRequestHandler

import pytest
from flask import Flask
from sqlalchemy import update

from clients.webhook_http import Answer
from extensions import db, transaction
from models import WebhookDelivery, WebhookEndpoint
from services.webhooks import deliveries, endpoints, leases, outcomes
from services.webhooks.delivery import Deliverer
from services.webhooks.leases import Line, choose, take_due
from tests.servers.sink import Received, Sink, sink
from tests.waiting import wait_until
from tests.webhooks.conftest import MakeEndpoint, Owe, PassTime


def _line(endpoint_id: int, *, due: int = 10, busy: int = 0, failing: bool = False) -> Line:
    return Line(endpoint_id, due, busy, failing)


@pytest.mark.parametrize(
    ("lines", "places", "chosen"),
    [
        ([], 8, {}),
        ([_line(1)], 8, {1: 2}),
        ([_line(1, due=1)], 8, {1: 1}),
        ([_line(1, due=0)], 8, {}),
        ([_line(1, busy=1)], 8, {1: 1}),
        ([_line(1, busy=2)], 8, {}),
        ([_line(1, busy=3)], 8, {}),  # two janitors' worth
        ([_line(1, failing=True)], 8, {1: 1}),
        ([_line(1, failing=True, busy=1)], 8, {}),
        ([_line(1), _line(2), _line(3)], 3, {1: 2, 2: 1}),
        ([_line(1, failing=True), _line(2)], 2, {2: 2}),
        ([_line(n, failing=True) for n in range(9)], 8, dict.fromkeys(range(4), 1)),
        ([_line(1)], 0, {}),
    ],
)
def test_it_chooses_fairly(lines: list[Line], places: int, chosen: dict[int, int]) -> None:
    assert choose(lines, places, places) == chosen


def test_those_that_fail_never_hold_more_than_half_of_all_places() -> None:
    hanging = [_line(n, failing=True, busy=1) for n in range(3)]
    waiting = [_line(n, failing=True) for n in range(3, 9)]
    assert choose([*hanging, *waiting], 5, 8) == {3: 1}
    assert choose([*hanging, *waiting, _line(9)], 5, 6) == {9: 2}


def test_it_leases_each_to_one(make_endpoint: MakeEndpoint, owe: Owe) -> None:
    owe(make_endpoint(), 5)
    assert [len(take_due(10)) for _ in range(3)] == [2, 0, 0]


def test_it_takes_another_beside_the_one_that_is_taken(make_endpoint: MakeEndpoint, owe: Owe) -> None:
    owe(make_endpoint(), 3)
    first, second = take_due(1), take_due(1)
    assert first[0].id != second[0].id


def test_it_leases_no_more_to_one_than_it_may(make_endpoint: MakeEndpoint, owe: Owe) -> None:
    """Though the look that chose them was taken before another janitor leased as many."""
    endpoint_id = make_endpoint().id
    owe(db.session.get_one(WebhookEndpoint, endpoint_id), 5)
    assert len(leases.lease_chosen({endpoint_id: 2})) == 2
    assert leases.lease_chosen({endpoint_id: 2}) == []


def test_two_at_once_take_none_twice(app: Flask, make_endpoint: MakeEndpoint, owe: Owe, receiver: Sink) -> None:
    for name in "abcdef":
        owe(make_endpoint(f"{receiver.url}/{name}"), 2)
    taken: list[int] = []
    barrier = threading.Barrier(4)

    def take() -> None:
        with app.app_context():
            barrier.wait(10)
            taken.extend(each.id for each in take_due(100))
            db.session.remove()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 12


def test_it_takes_over_what_was_left_lying(
    make_endpoint: MakeEndpoint, owe: Owe, pass_time: PassTime, receiver: Sink
) -> None:
    owe(make_endpoint())
    (dead,) = take_due(10)
    pass_time(leases.LEASE_SECONDS + 1)
    (alive,) = take_due(10)
    assert (alive.id, alive.message_id) == (dead.id, dead.message_id)
    assert alive.lease != dead.lease


def test_one_that_comes_back_late_changes_nothing(make_endpoint: MakeEndpoint, owe: Owe, pass_time: PassTime) -> None:
    owe(make_endpoint())
    (late,) = take_due(10)
    pass_time(leases.LEASE_SECONDS + 1)
    (alive,) = take_due(10)
    assert outcomes.note(late, Answer(0.1, 410)) == "late"
    assert outcomes.note(alive, Answer(0.1, 200)) == "delivered"
    sent = deliveries.get(alive.id)
    assert (sent.message.state, [tried.code for tried in sent.tries]) == ("delivered", [200, 410])
    assert db.session.get_one(WebhookEndpoint, alive.endpoint_id).disabled_at is None


def test_one_that_comes_back_to_an_endpoint_that_is_gone_is_late(make_endpoint: MakeEndpoint, owe: Owe) -> None:
    endpoint_id = make_endpoint().id
    owe(db.session.get_one(WebhookEndpoint, endpoint_id))
    (taken,) = take_due(10)
    endpoints.delete(endpoint_id, actor="test")
    assert outcomes.note(taken, Answer(0.1, 200)) == "late"


def test_one_that_hangs_holds_no_other_up(make_endpoint: MakeEndpoint, owe: Owe, receiver: Sink) -> None:
    done = threading.Event()

    def hang(_: BaseHTTPRequestHandler, __: Received) -> None:
        done.wait(30)

    with sink() as slow:
        slow.otherwise = hang
        owe(make_endpoint(slow.url), 20)
        deliverer = Deliverer()
        assert deliverer.deliver_due() == 2
        wait_until(lambda: len(slow.received) == 2, "it hangs")
        owe(make_endpoint(), 2)
        assert deliverer.deliver_due() == 2
        wait_until(lambda: len(receiver.received) == 2, "the other is told")
        assert len(slow.received) == 2
        done.set()
        deliverer.wait(20)


def test_it_sends_nothing_to_what_is_switched_off_meanwhile(make_endpoint: MakeEndpoint, owe: Owe) -> None:
    endpoint = make_endpoint()
    (delivery_id,) = owe(endpoint)
    with transaction() as session:
        session.execute(update(WebhookEndpoint).values(disabled_at=1.0, disabled_reason="A test."))
    assert take_due(10) == []
    assert db.session.get_one(WebhookDelivery, delivery_id, populate_existing=True).state == "canceled"
