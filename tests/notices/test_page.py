"""The page on which people say where they want to be told."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from extensions import db, transaction
from models import NoticeAddress
from services import vault
from services.access import keys, people
from tests.notices.conftest import send_all
from tests.pages.browser import PASSWORD, Browser
from tests.pages.markup import Markup
from tests.servers.sink import Sink

PAGE = "/account/notices"


@pytest.fixture
def bobs(app: Flask) -> Browser:
    """A browser in which Bob is signed in, who sees what is his."""
    people.create("Ada", "admin", password=PASSWORD, actor="test")
    people.create("Bob", "viewer", password=PASSWORD, actor="test")
    browser = Browser(app)
    browser.sign_in("Bob")
    return browser


def _ids() -> list[int]:
    return list(db.session.scalars(db.select(NoticeAddress.id)))


def test_it_keeps_an_address_sends_a_test_and_shows_that_it_arrived(client: FlaskClient, receiver: Sink) -> None:
    url = receiver.url.replace("http://", "json://") + "?key=hidden-from-all"
    fields = {"name": "My desk", "url": url, "events": ["job.failed"], "min_seconds": "60"}
    assert client.post(PAGE, data=fields).status_code == 303
    page = client.get(PAGE).text
    assert "not tried yet" in page
    assert "a job of mine has failed" in page
    assert "hidden-from-all" not in page
    client.post(f"{PAGE}/{_ids()[0]}/test")
    assert "1 on the way" in client.get(PAGE).text
    send_all()
    assert "This is a test of “My desk”" in json.loads(receiver.received[0].body)["message"]
    assert "last message arrived" in client.get(PAGE).text


def test_it_keeps_it_encrypted(client: FlaskClient, receiver: Sink) -> None:
    url = receiver.url.replace("http://", "json://") + "?key=hidden-from-all"
    client.post(PAGE, data={"name": "My desk", "url": url})
    address = db.session.scalars(db.select(NoticeAddress)).one()
    assert b"hidden-from-all" not in address.url
    assert vault.unseal(address.url) == url


def test_it_shows_why_a_test_did_not_arrive(client: FlaskClient) -> None:
    client.post(PAGE, data={"name": "Nowhere", "url": "json://127.0.0.1:9/"})
    client.post(f"{PAGE}/{_ids()[0]}/test")
    send_all()
    page = client.get(PAGE).text
    assert "does not arrive" in page
    assert "A Connection error occurred sending JSON notification" in page


def test_it_changes_what_is_told_and_forgets_an_address(client: FlaskClient) -> None:
    client.post(PAGE, data={"name": "My desk", "url": "json://127.0.0.1:9/", "events": ["job.failed"]})
    (address_id,) = _ids()
    client.post(f"{PAGE}/{address_id}/change", data={"events": ["job.finished"], "min_seconds": "600"})
    address = db.session.get_one(NoticeAddress, address_id, populate_existing=True)
    assert (address.events, address.min_seconds) == (["job.finished"], 600.0)
    client.post(f"{PAGE}/{address_id}/remove")
    assert _ids() == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "printable characters"),
        ("syslog://", "it must begin with one of mailto://"),
        ("exec://rm", "it must begin with one of mailto://"),
        ("mailto://", "is not written as this service needs it"),
        ("https://example.com/hook", "is not written as this service needs it"),
    ],
)
def test_it_gives_back_what_it_does_not_take(client: FlaskClient, url: str, said: str) -> None:
    answer = client.post(PAGE, data={"name": "My desk", "url": url})
    assert answer.status_code == 422
    assert said in Markup(answer.text).text
    assert _ids() == []


def test_one_persons_addresses_are_nobody_elses(bobs: Browser) -> None:
    ada = next(person for person in people.all_people() if person.name == "Ada")
    values = {"url": vault.seal("json://127.0.0.1:9/"), "shown": "json://…", "events": [], "min_seconds": 0.0}
    with transaction() as session:
        session.add(NoticeAddress(owner_id=ada.id, name="Ada's desk", failures=0, created_at=0.0, **values))
    (address_id,) = _ids()
    assert "Ada's desk" not in bobs.open(PAGE).text
    for deed in ("test", "remove", "change"):
        bobs.send(f"{PAGE}/{address_id}/{deed}", 404)
    assert _ids() == [address_id]


def test_it_is_nothing_for_programs(app: Flask, bobs: Browser) -> None:
    bob = next(person for person in people.all_people() if person.name == "Bob")
    _, text = keys.create(bob.id, "ci", "viewer", actor="Bob")
    assert app.test_client().get(PAGE, headers={"x-api-key": text}).status_code == 403


def test_the_account_leads_there(bobs: Browser) -> None:
    assert bobs.open("/account").all("a", href=PAGE)
