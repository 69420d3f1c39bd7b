"""Words as numbers that are close where their meaning is, by the embedder that EMBEDDER names."""

from functools import cache

from config import Settings
from services.embedding.protocol import Embedder, Vector, Vectors

__all__ = ["Embedder", "Vector", "Vectors", "load"]


def load(settings: Settings) -> Embedder:
    """The embedder that the settings ask for; a process loads its model once."""
    return _load(settings.embedder, settings.embedder_model, settings.embedder_api_key)


@cache
def _load(embedder: str, model: str, api_key: str | None) -> Embedder:
    # Imported only where it is used: the local one brings hundreds of megabytes along.
    if embedder == "local":
        from services.embedding.local import LocalEmbedder

        return LocalEmbedder()
    from clients.openai_embeddings import EmbeddingsClient
    from services.embedding.remote import RemoteEmbedder

    return RemoteEmbedder(EmbeddingsClient.of(embedder, model, api_key))
