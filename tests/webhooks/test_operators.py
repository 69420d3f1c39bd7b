"""Operators may help with webhooks that are somebody else's, but neither learn secrets nor lead results away."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from extensions import transaction
from models import User
from services.webhooks import endpoints
from tests.webhooks.conftest import MakeEndpoint, Owe


@pytest.fixture
def theirs(make_endpoint: MakeEndpoint) -> int:
    with transaction() as session:
        other = User(name="ben", created_at=0.0)
        session.add(other)
        session.flush()
        other_id = other.id
    return make_endpoint(owner_id=other_id).id


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("PATCH", "/api/webhooks/{}", {"json": {"url": "http://127.0.0.1/mine"}}),
        ("PATCH", "/api/webhooks/{}", {"json": {"is_standing": False, "enabled": True}}),
        ("DELETE", "/api/webhooks/{}", {}),
        ("POST", "/api/webhooks/{}/rotate", {}),
        ("POST", "/webhooks/{}", {"data": {"url": "http://127.0.0.1/mine", "events": ["job.failed"]}}),
        ("POST", "/webhooks/{}/rotate", {}),
        ("POST", "/webhooks/{}/delete", {}),
    ],
)
def test_they_may_not_take_it_over(
    client: FlaskClient, theirs: int, method: str, path: str, sent: dict[str, Any]
) -> None:
    before = endpoints.get(theirs)
    url, secret = before.url, before.secret
    answered = client.open(path.format(theirs), method=method, **sent)
    assert answered.status_code == 403
    assert "somebody else" in answered.text
    after = endpoints.get(theirs)
    assert (after.url, after.secret, after.is_standing) == (url, secret, True)


def test_they_may_switch_it_off_and_on(client: FlaskClient, theirs: int) -> None:
    for enabled in (False, True):
        assert client.patch(f"/api/webhooks/{theirs}", json={"enabled": enabled}).status_code == 200


def test_they_may_send_its_messages_again(client: FlaskClient, theirs: int, owe: Owe) -> None:
    (delivery_id,) = owe(endpoints.get(theirs))
    assert client.post(f"/api/deliveries/{delivery_id}/redeliver").status_code == 202


def test_its_page_offers_them_nothing_else(client: FlaskClient, theirs: int) -> None:
    shown = client.get(f"/webhooks/{theirs}").text
    assert "Switch off" in shown
    assert "New secret" not in shown
    assert "change-heading" not in shown
