"""A language model's answer is checked; a bad one is asked for once more."""

import json

import pytest

from clients.openai_chat import ChatClient
from config import read_settings
from errors import TransientError
from services import describing
from services.describing import Description, Facts, Moment
from services.describing.remote import RemoteDescriber, material
from services.transcribing.results import Segment
from tests.servers.openai import OpenAiServer

GOOD = {"title": "A lock", "description": "A lock opens.", "tags": ["Lock", "#river ", "lock"]}
FACTS = Facts(
    title="Lock 7",
    keywords=("water",),
    moments=(Moment(1.0, told="A gate opens."), Moment(12.0, read=("LOCK 7",), colours=(("blue", 0.7),))),
    speech=(Segment(0.0, 2.0, "We open it now.", ()),),
)


def describer(server: OpenAiServer) -> RemoteDescriber:
    return RemoteDescriber(ChatClient.of(server.url, "gpt-4o-mini", None))


@pytest.mark.parametrize("around", ["{}", "```json\n{}\n```", "Here it is:\n{}\nAnything else?"])
def test_it_takes_the_object_out_of_the_answer(server: OpenAiServer, around: str) -> None:
    server.answer = around.replace("{}", json.dumps(GOOD))
    assert describer(server).describe(FACTS) == Description("A lock", "A lock opens.", ("lock", "river"))


@pytest.mark.parametrize("bad", ["I cannot.", "{}", '{"title": "", "description": "x", "tags": []}', "{]"])
def test_it_asks_once_more_and_says_what_was_wrong(server: OpenAiServer, bad: str) -> None:
    server.answers.extend([bad, json.dumps(GOOD)])
    assert describer(server).describe(FACTS).title == "A lock"
    assert "was not that JSON object" in server.requests[1].json["messages"][1]["content"]


def test_it_fails_after_two_bad_answers(server: OpenAiServer) -> None:
    server.answer = "I cannot."
    with pytest.raises(TransientError, match="not a title, a description and tags in JSON, twice"):
        describer(server).describe(FACTS)
    assert len(server.requests) == 2


def test_it_sends_all_that_is_known(server: OpenAiServer) -> None:
    server.answer = json.dumps(GOOD)
    describer(server).describe(FACTS)
    assert server.requests[0].json["messages"][1]["content"] == (
        "What people say of it:\nLock 7\nwater\n\n"
        "Its frames:\nat 1 s: A gate opens.\nat 12 s: mostly blue; one reads “LOCK 7”\n\n"
        "What is said in it:\nWe open it now."
    )


def test_it_keeps_a_question_within_bounds() -> None:
    endless = tuple(Segment(float(n), n + 1.0, "on and on and on", ()) for n in range(10_000))
    assert len(material(Facts(description="x" * 100_000, speech=endless))) < 16_000


def test_the_settings_name_it(server: OpenAiServer) -> None:
    settings = read_settings({"DESCRIBER": server.url, "DESCRIBER_MODEL": "eyes-1"})
    assert describing.load(settings).name == "remote-eyes-1"
    assert describing.load(read_settings({})).name == "local-extractive-1"
