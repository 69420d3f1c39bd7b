"""A search whose embedder is elsewhere: it compares what that one made, and goes by words while it is away."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from extensions import transaction
from models import Footage, User
from services import embedding
from services.footage.search import search
from tests.footage import archive
from tests.servers.faulty import Fault
from tests.servers.openai import OpenAiServer


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with OpenAiServer() as server:
        yield server


@pytest.fixture
def settings_overrides(server: OpenAiServer) -> dict[str, Any]:
    return {"embedder": server.url}


@pytest.fixture
def _embedded_there(app: Flask, owner: User) -> None:
    archive.fill(owner.id)
    embedder = embedding.load(app.extensions["backbeat_settings"])
    (vector,) = embedder.embed(["a thing of no words in common"])
    with transaction() as session:
        row = update(Footage).where(Footage.title == "Pottery class for beginners")
        session.execute(row.values(embedding=vector.tobytes(), embedder=embedder.name))


@pytest.mark.usefixtures("_embedded_there")
def test_it_compares_what_that_embedder_made() -> None:
    assert [hit.title for hit in search(None, "things of no words in common")] == ["Pottery class for beginners"]


@pytest.mark.usefixtures("_embedded_there")
def test_it_goes_by_words_alone_while_it_is_refused(server: OpenAiServer) -> None:
    server.lasting_fault = Fault(401)
    assert search(None, "harbour")[0].title == "Fishing boats leaving the harbour"
    assert search(None, "things of no words in common") == []
