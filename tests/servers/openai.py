"""A local server that speaks OpenAI's documented `/chat/completions` and `/embeddings`, with faults to order.

It neither looks nor thinks: it says what stands in `answers`, and two texts are close where they share words.
"""

import json
import re
import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.servers.faulty import FaultyHandler, FaultyServer

DIMENSIONS = 64


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: Mapping[str, str]
    json: Mapping[str, Any]


class OpenAiServer(FaultyServer[Request]):
    """The next chat answers are `answers`, in turn; where there are none, `answer`. With `api_key` it lets nobody else
    in."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.answers: deque[str | None] = deque()
        self.answer: str | None = "A street at night."
        self.api_key: str | None = None
        self.models = {"gpt-4o-mini", "text-embedding-3-small"}

    @property
    def url(self) -> str:
        return f"{super().url}/v1"


class _Handler(FaultyHandler):
    server: OpenAiServer

    def read(self) -> Request:
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return Request(self.path, dict(self.headers), content)

    def decide(self, request: Request) -> tuple[int, Any]:
        if self.server.api_key and request.headers.get("Authorization") != f"Bearer {self.server.api_key}":
            return 401, error_body("Incorrect API key provided.")
        if request.json.get("model") not in self.server.models:
            return 404, error_body("The model does not exist.")
        if request.path == "/v1/chat/completions":
            return 200, self._completion()
        if request.path == "/v1/embeddings":
            return 200, {"object": "list", "data": _embeddings(request.json["input"])}
        return 404, error_body("There is no such address.")

    def _completion(self) -> Any:
        content = self.server.answers.popleft() if self.server.answers else self.server.answer
        message = {"role": "assistant", "content": content, "refusal": None}
        return {"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}


def error_body(message: str) -> Any:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}


def _embeddings(texts: list[str]) -> list[Any]:
    """The last first: a client has to go by the index."""
    return [{"object": "embedding", "index": index, "embedding": _vector(text)} for index, text in enumerate(texts)][
        ::-1
    ]


def _vector(text: str) -> list[float]:
    """A count for each word, where its hash says."""
    vector = [0.0] * DIMENSIONS
    for word in re.findall(r"\w+", text.lower()):
        vector[zlib.crc32(word.encode()) % DIMENSIONS] += 1.0
    return vector
