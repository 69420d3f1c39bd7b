"""Questions to an OpenAI-compatible server: asked as its reference says, tried again where that helps."""

import base64

import pytest

from clients.openai_chat import ChatClient, DescriberRefused
from errors import TransientError
from tests.servers.faulty import Fault
from tests.servers.openai import OpenAiServer

JPEG, PNG = b"\xff\xd8\xff\xe0 a picture", b"\x89PNG\r\n a picture"
pauses: list[float] = []


def client(server: OpenAiServer, model: str = "gpt-4o-mini", key: str | None = None, seconds: float = 20) -> ChatClient:
    pauses.clear()
    return ChatClient.of(server.url, model, key, total_seconds=seconds, sleep=pauses.append)


def test_it_says_what_the_model_says(server: OpenAiServer) -> None:
    server.answer = "  Two boats. \n"
    assert client(server).ask("What is it?") == "Two boats."


def test_it_asks_in_words(server: OpenAiServer) -> None:
    client(server).ask("What is it?", system="Be brief.", max_tokens=50)
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.json["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is it?"},
    ]
    assert (request.json["model"], request.json["max_tokens"]) == ("gpt-4o-mini", 50)


def test_it_sends_pictures_beside_the_words(server: OpenAiServer) -> None:
    client(server).ask("What is it?", images=[JPEG, PNG])
    words, *pictures = server.requests[0].json["messages"][0]["content"]
    assert words == {"type": "text", "text": "What is it?"}
    assert [picture["image_url"]["url"] for picture in pictures] == [
        f"data:image/jpeg;base64,{base64.b64encode(JPEG).decode()}",
        f"data:image/png;base64,{base64.b64encode(PNG).decode()}",
    ]


def test_it_sends_the_key(server: OpenAiServer) -> None:
    server.api_key = "sk-secret"
    assert client(server, key="sk-secret").ask("What is it?")


def test_it_tries_again_and_waits_as_long_as_it_is_asked_to(server: OpenAiServer) -> None:
    server.faults.extend([Fault(429, {"Retry-After": "7"}), Fault(503), Fault(hang_up=True)])
    assert client(server).ask("What is it?")
    assert len(server.requests) == 4
    assert pauses[0] >= 7


def test_it_leaves_a_long_wait_to_the_job(server: OpenAiServer) -> None:
    server.faults.append(Fault(429, {"Retry-After": "120"}))
    with pytest.raises(TransientError, match="status 429") as caught:
        client(server).ask("What is it?")
    assert caught.value.retry_after_seconds == 120
    assert len(server.requests) == 1


def test_it_gives_up_in_time(server: OpenAiServer) -> None:
    server.faults.append(Fault(drip="body", pause_seconds=0.05))
    with pytest.raises(TransientError, match="did not answer in time"):
        client(server, seconds=0.4).ask("What is it?")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, r"did not accept the key; check DESCRIBER_API_KEY \(status 401: No\.\)"),
        (404, "check DESCRIBER and DESCRIBER_MODEL=gpt-4o-mini"),
        (413, "takes no questions or pictures of this size"),
        (400, "refused; check DESCRIBER and DESCRIBER_MODEL"),
    ],
)
def test_it_says_what_to_change_where_it_is_refused(server: OpenAiServer, status: int, said: str) -> None:
    server.faults.append(Fault(status, body=b'{"error": {"message": "No."}}'))
    with pytest.raises(DescriberRefused, match=said):
        client(server).ask("What is it?")
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", [None, "", "  \n"])
def test_it_takes_no_answer_for_a_failure(server: OpenAiServer, answer: str | None) -> None:
    server.answer = answer
    with pytest.raises(TransientError, match="answered with nothing"):
        client(server).ask("What is it?")


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"choices": []}', b'{"choices": [{"message": {"content": 7}}]}'])
def test_it_says_so_where_an_answer_is_none(server: OpenAiServer, body: bytes) -> None:
    server.faults.append(Fault(200, body=body))
    with pytest.raises(TransientError, match="not a chat completion as documented"):
        client(server).ask("What is it?")
