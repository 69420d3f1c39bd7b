"""Embeddings by an OpenAI-compatible server."""

from collections.abc import Sequence

import numpy as np

from clients.openai_embeddings import EmbeddingsClient
from services.embedding.protocol import Vectors, unit

NAME_CHARS = 120


class RemoteEmbedder:
    """Sends each text as it is."""

    def __init__(self, client: EmbeddingsClient) -> None:
        self.name = f"remote-{client.model}"[:NAME_CHARS]
        self._client = client

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As `protocol.Embedder` says.

        :raise TransientError, EmbedderRefused: as `clients.openai_embeddings` says.
        """
        return unit(np.array(self._client.embed(texts), dtype=np.float64))
