"""The last step with models that are elsewhere: asked once for each thing, and what they refuse leaves the record."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from clients.openai_chat import DescriberRefused
from clients.openai_embeddings import EmbedderRefused
from models import Footage
from services.footage import states
from services.footage.work.describe import describe
from tests.footage.contexts import TestContext, apply, footage
from tests.servers.faulty import Fault
from tests.servers.openai import OpenAiServer

MADE = {"title": "A heron", "description": "A heron stands in water.", "tags": ["heron", "water"]}


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with OpenAiServer() as server:
        server.answer = json.dumps(MADE)
        yield server


@pytest.fixture
def settings_overrides(server: OpenAiServer) -> dict[str, Any]:
    return {"describer": server.url, "embedder": server.url}


@pytest.fixture
def record(make_footage: Callable[..., Footage]) -> str:
    return make_footage(status=states.PROCESSING_FRAME_INFO, title="Bird", keywords=["lake"]).id


def test_it_keeps_what_the_models_say(record: str) -> None:
    done = apply(record, describe(record, TestContext()))
    assert (done.made_title, done.made_description, done.tags) == (MADE["title"], MADE["description"], MADE["tags"])
    assert (done.describer, done.embedder) == ("remote-gpt-4o-mini", "remote-text-embedding-3-small")


def test_it_leaves_the_record_where_it_is_if_the_describer_refuses(record: str, server: OpenAiServer) -> None:
    server.faults.append(Fault(401))
    with pytest.raises(DescriberRefused):
        describe(record, TestContext())
    assert footage(record).status == states.PROCESSING_FRAME_INFO


def test_it_does_not_ask_for_the_description_again_if_the_embedder_refused(record: str, server: OpenAiServer) -> None:
    server.models.remove("text-embedding-3-small")
    with pytest.raises(EmbedderRefused):
        describe(record, TestContext())
    assert footage(record).status == states.GENERATING_EMBEDDINGS
    server.models.add("text-embedding-3-small")
    assert apply(record, describe(record, TestContext())).status == states.COMPLETE
    assert [request.path for request in server.requests].count("/v1/chat/completions") == 1
