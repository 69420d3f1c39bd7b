"""Embeddings by an OpenAI-compatible server."""

from collections.abc import Sequence

import httpx
import numpy as np

from clients.openai_embeddings import EmbedderRefused, EmbeddingsClient
from services.embedding.protocol import Vectors, unit

NAME_CHARS = 120
# Of a text: many models take 512 tokens, some three or four letters each, and servers refuse what is longer.
MOST_CHARS = 1500
TOO_LONG = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.REQUEST_ENTITY_TOO_LARGE})


class RemoteEmbedder:
    """Sends of each text as much as such models take; what stands first says most."""

    def __init__(self, client: EmbeddingsClient) -> None:
        self.name = f"remote-{client.model}"[:NAME_CHARS]
        self._client = client

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As `protocol.Embedder` says.

        :raise TransientError, EmbedderRefused: as `clients.openai_embeddings` says.
        """
        return unit(np.array(self._embedded([_start(text, MOST_CHARS) for text in texts]), dtype=np.float64))

    def _embedded(self, texts: Sequence[str]) -> list[list[float]]:
        try:
            return self._client.embed(texts)
        except EmbedderRefused as e:
            shorter = [_start(text, MOST_CHARS // 2) for text in texts]
            if e.status not in TOO_LONG or shorter == texts:
                raise
        return self._client.embed(shorter)  # in scripts of which each letter is a token or more


def _start(text: str, most_chars: int) -> str:
    """The first words of a text, or the first letters where it has hardly any blanks."""
    if len(text) <= most_chars:
        return text
    words = text[: most_chars + 1].rsplit(maxsplit=1)[0]
    return words if most_chars // 2 <= len(words) <= most_chars else text[:most_chars]
