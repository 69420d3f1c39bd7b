"""A name that leads outside when it is checked, and inside when it is looked up again."""

import pytest

from clients.public_http import Unreachable, open_stream
from errors import InvalidInput
from tests.webhooks.names import Connections, Names

URL = "http://rebinding.example.com/"
NAME = "rebinding.example.com"
PUBLIC, INSIDE = ["93.184.215.14"], ["127.0.0.1"]


def _open() -> None:
    with open_stream(URL, allow_private=False, total_seconds=5, max_bytes=10):
        raise AssertionError("it was opened")


def test_it_connects_to_the_address_that_it_checked(names: Names, connections: Connections) -> None:
    names.say(NAME, PUBLIC, INSIDE)
    with pytest.raises(Unreachable, match="this is a test"):
        _open()
    assert (connections.to, names.asked) == (PUBLIC, [NAME])


def test_it_checks_again_at_each_connection(names: Names, connections: Connections) -> None:
    names.say(NAME, PUBLIC, INSIDE)
    with pytest.raises(Unreachable):
        _open()
    with pytest.raises(InvalidInput, match="private or special"):
        _open()
    assert connections.to == PUBLIC
