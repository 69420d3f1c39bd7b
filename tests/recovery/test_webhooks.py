"""A message that its webhook has not taken is told of, and sent again."""

from pathlib import Path

import pytest
from flask import Flask

import clock
from errors import Conflict, NotFound
from extensions import db
from models import WebhookDelivery
from services.recovery import webhooks
from services.webhooks import deliveries, endpoints
from tests.recovery.makers import DAY, given_up_message, message


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url: str = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    return url or f"sqlite:///{tmp_path / 'test.db'}"


def test_it_tells_of_one_that_was_given_up(app: Flask) -> None:
    delivery_id = given_up_message()
    (thing,) = webhooks.find(10)
    assert (thing.id, thing.why) == (str(delivery_id), "It answered 500, after 10 tries")
    assert thing.next == "Nothing: it was given up"
    assert thing.remedy == webhooks.AGAIN
    assert webhooks.count() == 1


def test_it_tells_when_one_that_fails_is_sent_again(app: Flask) -> None:
    due_at = clock.now() + 300
    message(tries=2, last_error="It took too long.", due_at=due_at)
    (thing,) = webhooks.find(10)
    assert (thing.why, thing.next) == ("It took too long, after 2 tries", "It is sent again, as try 3 of 10")
    assert thing.next_at == due_at


def test_it_tells_of_one_that_nobody_sends(app: Flask) -> None:
    message(due_at=clock.now() - 120)
    (thing,) = webhooks.find(10)
    assert thing.why == "Its time has come, and nobody has sent it"


def test_it_shows_no_secrets_of_addresses(app: Flask) -> None:
    given_up_message()
    (thing,) = webhooks.find(10)
    assert thing.detail == "to https://8.8.8.8/hook"


def test_it_leaves_out_what_is_new_delivered_or_long_past(app: Flask) -> None:
    message(url="https://8.8.8.8/1", tries=0)
    message(url="https://8.8.8.8/2", state="delivered")
    message(url="https://8.8.8.8/3", state="failed", tries=10, due_at=clock.now() - 4 * DAY)
    assert (webhooks.find(10), webhooks.count()) == ([], 0)


def test_it_sends_it_again(app: Flask) -> None:
    delivery_id = given_up_message()
    webhooks.act(str(delivery_id), "ann")
    db.session.rollback()
    sent = db.session.get_one(WebhookDelivery, delivery_id, populate_existing=True)
    assert (sent.state, sent.tries) == ("pending", 0)


def test_it_offers_nothing_while_the_webhook_is_switched_off(app: Flask) -> None:
    delivery_id = given_up_message()
    endpoint_id = deliveries.get(delivery_id).message.endpoint_id
    endpoints.change(endpoint_id, actor="ann", enabled=False)
    (thing,) = webhooks.find(10)
    assert thing.remedy is None
    assert "switched off" in thing.next
    with pytest.raises(Conflict):
        webhooks.act(str(delivery_id), "ann")


@pytest.mark.parametrize("delivery_id", ["0", "x", "", "99999999999999999999", "²"])
def test_it_says_so_if_there_is_none_such(app: Flask, delivery_id: str) -> None:
    with pytest.raises(NotFound):
        webhooks.act(delivery_id, "ann")
