"""Models that take no `max_tokens` and no temperature of ours are asked as they want to be."""

import json

import pytest

from clients.openai_chat import ChatClient, DescriberRefused
from tests.servers.faulty import Fault
from tests.servers.openai import OpenAiServer, error_body

SAID = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
NOT_SO = Fault(400, body=json.dumps(error_body(SAID)).encode())


def client(server: OpenAiServer) -> ChatClient:
    return ChatClient.of(server.url, "gpt-4o-mini", None)


def _bounds(server: OpenAiServer) -> list[set[str]]:
    return [request.json.keys() & {"max_tokens", "max_completion_tokens"} for request in server.requests]


def test_it_leaves_the_temperature_to_the_model(server: OpenAiServer) -> None:
    client(server).ask("What is it?")
    assert "temperature" not in server.requests[0].json


def test_it_asks_as_it_is_told_to_and_does_so_from_then_on(server: OpenAiServer) -> None:
    server.faults.append(NOT_SO)
    asking = client(server)
    assert asking.ask("What is it?") == asking.ask("And that?")
    assert _bounds(server) == [{"max_tokens"}, {"max_completion_tokens"}, {"max_completion_tokens"}]


def test_it_leaves_room_for_what_such_a_model_thinks(server: OpenAiServer) -> None:
    server.faults.append(NOT_SO)
    client(server).ask("What is it?", max_tokens=50)
    assert server.requests[1].json["max_completion_tokens"] > 50


def test_it_asks_so_only_once(server: OpenAiServer) -> None:
    server.faults.extend([NOT_SO, NOT_SO])
    with pytest.raises(DescriberRefused):
        client(server).ask("What is it?")
    assert len(server.requests) == 2
