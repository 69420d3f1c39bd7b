"""No address leads inside: neither by its looks, nor by what its name leads to."""

from contextlib import AbstractContextManager
from urllib.parse import urlsplit

import httpx
import pytest

from clients.public_address import parse, port_of, resolve
from clients.public_http import Opened, Unreachable, open_stream
from errors import InvalidInput
from tests.webhooks.hostile import BY_LOOKS, BY_NAME, HARMLESS
from tests.webhooks.names import Connections, Names


@pytest.mark.parametrize("url", BY_LOOKS)
def test_it_refuses_by_looks(url: str, names: Names, connections: Connections) -> None:
    with pytest.raises(InvalidInput, match=r"^That address cannot be used: .+\.$"), _opened(url):
        raise AssertionError("it was opened")
    assert (names.asked, connections.to) == ([], [])


@pytest.mark.parametrize(("url", "leads_to"), BY_NAME.items(), ids=BY_NAME)
def test_it_refuses_by_name(url: str, leads_to: list[str], names: Names, connections: Connections) -> None:
    names.say(str(urlsplit(url).hostname), leads_to)
    with pytest.raises(InvalidInput, match="private or special"), _opened(url):
        raise AssertionError("it was opened")
    assert connections.to == []


@pytest.mark.parametrize(("url", "leads_to"), HARMLESS.items(), ids=HARMLESS)
def test_it_lets_what_is_public_through(url: str, leads_to: list[str], names: Names, connections: Connections) -> None:
    host = httpx.URL(url).raw_host.decode()
    names.say(host, leads_to)
    with pytest.raises(Unreachable, match="this is a test"), _opened(url):
        raise AssertionError("it was opened")
    assert connections.to == (leads_to or [host])


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/", "http://localhost:5678/webhook", "http://[::1]:9/"])
def test_it_lets_private_ones_through_if_told_to(url: str, names: Names) -> None:
    names.say("localhost", ["127.0.0.1"])
    parsed = parse(url, allow_private=True)
    assert resolve(parsed.host, port_of(parsed), allow_private=True)


def _opened(url: str) -> AbstractContextManager[Opened]:
    return open_stream(url, allow_private=False, total_seconds=5, max_bytes=1000)
