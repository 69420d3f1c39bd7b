"""Words as numbers that are close where their meaning is, by the embedder that EMBEDDER names."""

from functools import cache

from config import Settings
from services.embedding.protocol import Embedder, Vector, Vectors

__all__ = ["Embedder", "Vector", "Vectors", "load"]


def load(settings: Settings, *, total_seconds: float | None = None) -> Embedder:
    """The embedder that the settings ask for; a process loads its model once.

    `total_seconds` is how long one that is elsewhere may take for an answer, its own bound if none is given.
    """
    if settings.embedder == "local":
        return _local()
    return _remote(settings.embedder, settings.embedder_model, settings.embedder_api_key, total_seconds)


# Imported only where they are used: the local one brings hundreds of megabytes along.
@cache
def _local() -> Embedder:
    from services.embedding.local import LocalEmbedder

    return LocalEmbedder()


@cache
def _remote(base_url: str, model: str, api_key: str | None, total_seconds: float | None) -> Embedder:
    from clients.openai_embeddings import EmbeddingsClient
    from services.embedding.remote import RemoteEmbedder

    return RemoteEmbedder(EmbeddingsClient.of(base_url, model, api_key, total_seconds=total_seconds))
