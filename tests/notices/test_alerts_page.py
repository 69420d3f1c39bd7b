"""The page of alerts."""

from flask import Flask
from flask.testing import FlaskClient

from extensions import db
from models import AlertRule, User
from tests.notices.conftest import AddressFor
from tests.pages.markup import Markup

PAGE = "/admin/alerts"


def _read(client: FlaskClient) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return Markup(answer.text).text


def test_it_asks_first_where_to_tell_it(client: FlaskClient) -> None:
    assert "First say where you want to be told" in _read(client)


def test_it_keeps_and_shows_and_removes_alerts(client: FlaskClient, address_for: AddressFor) -> None:
    fields = {"address_id": str(address_for("json://127.0.0.1:9/"))}
    client.post(PAGE, data=fields | {"kind": "queue_waits", "threshold": "15", "queue": "low"})
    client.post(PAGE, data=fields | {"kind": "failures", "threshold": "20", "window_minutes": "30"})
    client.post(PAGE, data=fields | {"kind": "workers_gone", "threshold": "1"})
    client.post(PAGE, data=fields | {"kind": "webhook_off"})
    page = _read(client)
    assert "A job waits longer than 15 min in “low” all is well" in page
    assert "20 or more jobs fail within 30 min" in page
    assert "Fewer than 1 worker is running" in page
    assert "tells “Where I look” of My library" in page
    for rule_id in list(db.session.scalars(db.select(AlertRule.id))):
        client.post(f"{PAGE}/{rule_id}/remove")
    assert "Nothing yet." in _read(client)


def test_it_refuses_what_makes_no_sense(client: FlaskClient, address_for: AddressFor) -> None:
    fields = {"address_id": str(address_for("json://127.0.0.1:9/")), "kind": "failures"}
    assert client.post(PAGE, data=fields | {"threshold": "0"}).status_code == 422
    assert client.post(PAGE, data=fields | {"threshold": "nan"}).status_code == 422
    assert client.post(PAGE, data=fields | {"window_minutes": "0"}).status_code == 422
    assert client.post(PAGE, data=fields | {"kind": "the_weather"}).status_code == 422
    assert client.post(PAGE, data={"kind": "failures"}).status_code == 422
    assert "Nothing yet." in _read(client)


def test_it_tells_no_address_of_somebody_else(app: Flask, client: FlaskClient, owner: User) -> None:
    assert client.post(PAGE, data={"address_id": "99", "kind": "failures"}).status_code == 404
