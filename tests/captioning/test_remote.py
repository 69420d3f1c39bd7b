"""With a server, a model that sees tells the picture; nothing is put in its place where it fails."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.openai_chat import ChatClient, DescriberRefused
from config import read_settings
from errors import TransientError
from services import captioning
from services.captioning.remote import CAPTION_CHARS, RemoteCaptioner
from tests.captioning.conftest import MakePicture
from tests.servers.openai import OpenAiServer


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with OpenAiServer() as server:
        yield server


@pytest.fixture
def captioner(server: OpenAiServer) -> RemoteCaptioner:
    client = ChatClient.of(server.url, "gpt-4o-mini", None, sleep=lambda _: None)
    return RemoteCaptioner(server.url, "gpt-4o-mini", None, client)


@pytest.fixture
def sign(make_picture: MakePicture) -> Path:
    return make_picture("sign.jpg", (0, 90, 0), words=("EXIT",))


def test_it_takes_the_models_words_and_measures_itself(
    captioner: RemoteCaptioner, server: OpenAiServer, sign: Path
) -> None:
    server.answer = "A green sign\n on a wall."
    seen = captioner.caption(sign, before=None)
    assert seen.caption == "A green sign on a wall."
    assert seen.sight.text == ("EXIT",)
    assert seen.sight.colours[0].name == "green"


def test_it_sends_the_picture_itself(captioner: RemoteCaptioner, server: OpenAiServer, sign: Path) -> None:
    captioner.caption(sign, before=None)
    (request,) = server.requests
    _, picture = request.json["messages"][-1]["content"]
    sent = picture["image_url"]["url"].removeprefix("data:image/jpeg;base64,")
    assert base64.b64decode(sent) == sign.read_bytes()


def test_it_fails_where_the_model_says_nothing(captioner: RemoteCaptioner, server: OpenAiServer, sign: Path) -> None:
    server.answer = None
    with pytest.raises(TransientError):
        captioner.caption(sign, before=None)


def test_it_fails_where_the_model_is_unknown(server: OpenAiServer, sign: Path) -> None:
    with pytest.raises(DescriberRefused):
        RemoteCaptioner(server.url, "no-such-model").caption(sign, before=None)


def test_it_shortens_a_speech(captioner: RemoteCaptioner, server: OpenAiServer, sign: Path) -> None:
    server.answer = "There is a sign. " * 100
    said = captioner.caption(sign, before=None).caption
    assert len(said) <= CAPTION_CHARS
    assert said.endswith("…")


def test_it_is_what_the_settings_name(server: OpenAiServer) -> None:
    settings = read_settings({"DESCRIBER": server.url, "DESCRIBER_MODEL": "a-model"})
    assert captioning.load(settings).name == "remote-a-model"
