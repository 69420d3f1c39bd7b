"""Words as numbers, by any server with OpenAI's `/embeddings`
(https://platform.openai.com/docs/api-reference/embeddings/create)."""

import time
from collections.abc import Callable, Sequence
from typing import Self

from pydantic import Field

from clients.openai_api import Answer, OpenAiApi, Refused, Service
from clients.peer import Peer
from errors import TransientError

BATCH = 64
_EMBEDDER = Peer(
    name="The embedder",
    later="it is asked again later",
    setting="EMBEDDER",
    answers="a list of embeddings",
    total_seconds=60.0,
    max_tries=4,
    first_pause_seconds=1.0,
    max_pause_seconds=20.0,
    max_answer_bytes=16 * 1024 * 1024,  # a batch of the longest vectors in use, as text
)


class EmbedderRefused(Refused):
    """The model behind EMBEDDER will not do it however often it is asked; somebody must change a setting."""

    code = "embedder_refused"


_SERVICE = Service(_EMBEDDER, EmbedderRefused, "takes no texts of this size")


class _Embedding(Answer):
    index: int = Field(ge=0)
    embedding: list[float] = Field(min_length=1)


class _Embeddings(Answer):
    data: list[_Embedding]


class EmbeddingsClient:
    """Asks one model."""

    def __init__(self, api: OpenAiApi) -> None:
        self.model = api.model
        self._api = api

    @classmethod
    def of(
        cls,
        url: str,
        model: str,
        api_key: str | None,
        *,
        total_seconds: float | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Self:
        """`url` is the address up to and with the version, such as `https://api.example.com/v1`."""
        return cls(OpenAiApi(_SERVICE, url, model, api_key, total_seconds=total_seconds, sleep=sleep))

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text, all of one length, in the order of the texts; none of these may be empty.

        :raise TransientError: if the server cannot be reached, is overloaded, or sends other than one vector a text.
        :raise EmbedderRefused: if it does not let us in, knows no such model, or does not take the texts.
        """
        vectors = [v for start in range(0, len(texts), BATCH) for v in self._batch(texts[start : start + BATCH])]
        if len({len(vector) for vector in vectors}) > 1:
            raise TransientError("The embedder's vectors are not all of one length; check EMBEDDER.")
        return vectors

    def _batch(self, texts: Sequence[str]) -> list[list[float]]:
        question = {"model": self.model, "input": list(texts), "encoding_format": "float"}
        answer = self._api.post("/embeddings", _Embeddings, json=question)
        by_index = {one.index: one.embedding for one in answer.data}
        if sorted(by_index) != list(range(len(texts))):
            raise TransientError(
                f"The embedder sent {len(by_index)} vectors where {len(texts)} were asked for; check EMBEDDER."
            )
        return [by_index[index] for index in range(len(texts))]
