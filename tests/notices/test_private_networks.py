"""Where others can reach Backbeat, no notice leads into a private network, whatever the address or its name says."""

import json

import pytest
from flask import Flask

from clients import apprise_process
from errors import InvalidInput
from models import User
from services.access import people
from services.notices import addresses
from tests.pages.browser import PASSWORD
from tests.servers.sink import Sink


@pytest.fixture
def closed(app: Flask, owner: User) -> int:
    """Whose addresses are looked at while people sign in."""
    people.create("Ada", "admin", password=PASSWORD, actor="test")
    return owner.id


@pytest.mark.parametrize(
    "url",
    [
        "json://127.0.0.1:8080/hook",
        "json://localhost/",
        "jsons://10.1.2.3/",
        "json://169.254.169.254/latest/meta-data",
        "json://[::1]:8080/",
        "json://[::ffff:127.0.0.1]/",
        "json://2130706433/",
        "json://0x7f.1/",
        "mailto://user:password@127.0.0.1:25",
        "mailto://user:password@example.org?smtp=127.0.0.1",
        "gotify://192.168.0.1/token1234567890",
        "ntfy://127.0.0.1/topic",
        "mmost://10.0.0.1/abcdefghijklmnopqrstuvwx",
        "rocket://user:password@172.16.0.1/#channel",
        "matrix://user:password@127.0.0.1/#room",
    ],
)
def test_it_refuses_such_an_address(closed: int, url: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        addresses.create(closed, "Inside", url, ())
    assert "url" in (refusal.value.details or {})


def test_the_sender_itself_connects_to_none(receiver: Sink) -> None:
    url = receiver.url.replace("http://", "json://")
    told = apprise_process.send(url, "A title", "A text", kind="info", allow_private=False)
    assert told.error == "it leads to this machine or into a private network"
    assert receiver.received == []


def test_a_name_that_leads_inside_only_later_is_no_way_in(receiver: Sink) -> None:
    """What was checked when it was kept is checked again as it connects: names can change (DNS rebinding)."""
    url = receiver.url.replace("http://127.0.0.1", "json://localhost")
    told = apprise_process.send(url, "A title", "A text", kind="info", allow_private=False)
    assert told.error == "it leads to this machine or into a private network"
    assert receiver.received == []


def test_a_redirect_is_not_followed(receiver: Sink) -> None:
    def redirect(handler: object, _: object) -> None:
        handler.send_response(307)  # type: ignore[attr-defined] # http.server's handler
        handler.send_header("Location", f"{receiver.url}/elsewhere")  # type: ignore[attr-defined] # as above
        handler.send_header("Content-Length", "0")  # type: ignore[attr-defined] # as above
        handler.end_headers()  # type: ignore[attr-defined] # as above

    receiver.script = [redirect]
    url = receiver.url.replace("http://", "json://")
    assert apprise_process.send(url, "A title", "A text", kind="info", allow_private=True).error
    assert len(receiver.received) == 1


def test_it_sees_neither_settings_nor_secrets(receiver: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    url = receiver.url.replace("http://", "json://")
    assert apprise_process.send(url, "A title", "A text", kind="info", allow_private=True).error == ""
    assert json.loads(receiver.received[0].body)["message"] == "A text"


def test_it_gives_up_in_time(receiver: Sink) -> None:
    def silence(handler: object, _: object) -> None:
        handler.rfile.read(1)  # type: ignore[attr-defined] # until the sender is gone

    receiver.script = [silence]
    url = receiver.url.replace("http://", "json://")
    told = apprise_process.send(url, "A title", "A text", kind="info", allow_private=True, seconds=2.0)
    assert told.error == "there was no answer within 2 s"
