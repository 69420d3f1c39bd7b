"""Servers refuse texts of more tokens than their model takes: of a long one only its start is sent."""

import numpy as np
import pytest

from clients.openai_embeddings import EmbedderRefused, EmbeddingsClient
from services.embedding.remote import MOST_CHARS, RemoteEmbedder
from tests.servers.faulty import Fault
from tests.servers.openai import OpenAiServer

LONG = "heron " * 1000


def embedder(server: OpenAiServer) -> RemoteEmbedder:
    return RemoteEmbedder(EmbeddingsClient.of(server.url, "text-embedding-3-small", None, sleep=lambda _: None))


def test_it_sends_whole_words_and_no_more_than_most_models_take(server: OpenAiServer) -> None:
    embedder(server).embed([LONG, "short"])
    long, short = server.requests[0].json["input"]
    assert MOST_CHARS - 6 <= len(long) <= MOST_CHARS
    assert set(long.split()) == {"heron"}
    assert short == "short"


@pytest.mark.parametrize("first", ["", "At dawn "])
def test_it_cuts_a_text_with_hardly_any_blanks(first: str, server: OpenAiServer) -> None:
    text = first + "鷺" * 5000
    embedder(server).embed([text])
    assert server.requests[0].json["input"] == [text[:MOST_CHARS]]


@pytest.mark.parametrize("status", [400, 413])
def test_it_sends_half_where_that_is_too_long(status: int, server: OpenAiServer) -> None:
    server.faults.append(Fault(status))
    vectors = embedder(server).embed([LONG, "short"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0])
    halved, short = server.requests[1].json["input"]
    assert (len(halved) <= MOST_CHARS // 2, short) == (True, "short")


@pytest.mark.parametrize(("faults", "text", "asked"), [(2, LONG, 2), (1, "short", 1)])
def test_it_halves_once_and_only_what_is_long(faults: int, text: str, asked: int, server: OpenAiServer) -> None:
    server.faults.extend([Fault(400)] * faults)
    with pytest.raises(EmbedderRefused):
        embedder(server).embed([text])
    assert len(server.requests) == asked
