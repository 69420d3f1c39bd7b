"""Vectors of an OpenAI-compatible server: in batches, in order, of length 1; what is no such answer is a failure."""

import json
from typing import Any

import numpy as np
import pytest

from clients.openai_embeddings import BATCH, EmbedderRefused, EmbeddingsClient
from config import read_settings
from errors import TransientError
from services import embedding
from services.embedding.remote import RemoteEmbedder
from tests.servers.faulty import Fault
from tests.servers.openai import OpenAiServer


def embedder(server: OpenAiServer, model: str = "text-embedding-3-small") -> RemoteEmbedder:
    return RemoteEmbedder(EmbeddingsClient.of(server.url, model, None, sleep=lambda _: None))


def test_it_keeps_the_order_of_the_texts_over_batches(server: OpenAiServer) -> None:
    texts = [f"text number {n}" for n in range(BATCH + 3)]
    vectors = embedder(server).embed(texts)
    assert [len(request.json["input"]) for request in server.requests] == [BATCH, 3]
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-6)
    assert np.array_equal(vectors[-1], embedder(server).embed([texts[-1]])[0])


def test_it_tries_again_where_that_helps(server: OpenAiServer) -> None:
    server.faults.append(Fault(500))
    assert embedder(server).embed(["a"]).shape[0] == 1


def test_it_says_what_to_change_where_it_is_refused(server: OpenAiServer) -> None:
    with pytest.raises(EmbedderRefused, match="check EMBEDDER and EMBEDDER_MODEL=unknown"):
        embedder(server, "unknown").embed(["a"])


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ([], "sent 0 vectors where 2 were asked for"),
        ([{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [1.0]}], "sent 1 vectors where 2"),
        ([{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 0.0]}], "not all of one length"),
        ([{"index": 0, "embedding": []}, {"index": 1, "embedding": []}], "not a list of embeddings as documented"),
        ("no list", "not a list of embeddings as documented"),
    ],
)
def test_it_takes_only_one_vector_a_text(server: OpenAiServer, data: Any, complaint: str) -> None:
    server.faults.append(Fault(200, body=json.dumps({"data": data}).encode()))
    with pytest.raises(TransientError, match=complaint):
        embedder(server).embed(["a", "b"])


def test_the_settings_name_it(server: OpenAiServer) -> None:
    settings = read_settings({"EMBEDDER": server.url, "EMBEDDER_MODEL": "numbers-1"})
    assert embedding.load(settings).name == "remote-numbers-1"
