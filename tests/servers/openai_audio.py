"""A local server that speaks OpenAI's documented `/audio/transcriptions`, with faults to order.

It does not listen: it says `answer`, whatever it is sent, and keeps what it was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from tests.servers.faulty import FaultyHandler, FaultyServer
from tests.servers.openai import error_body

PATH = "/v1/audio/transcriptions"
# As in the reference's example of `verbose_json`: words without punctuation stand beside the segments.
TWO_SENTENCES: Mapping[str, Any] = {
    "task": "transcribe",
    "language": "english",
    "duration": 4.0,
    "text": "The bell rings. People come in.",
    "segments": [
        {"id": 0, "start": 0.0, "end": 2.0, "text": " The bell rings.", "avg_logprob": -0.1, "no_speech_prob": 0.01},
        {"id": 1, "start": 2.0, "end": 4.0, "text": " People come in.", "avg_logprob": -0.2, "no_speech_prob": 0.01},
    ],
    "words": [
        {"word": "The", "start": 0.2, "end": 0.4},
        {"word": "bell", "start": 0.4, "end": 0.9},
        {"word": "rings", "start": 0.9, "end": 1.5},
        {"word": "People", "start": 2.1, "end": 2.6},
        {"word": "come", "start": 2.6, "end": 3.0},
        {"word": "in", "start": 3.0, "end": 3.3},
    ],
}


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, list[str]]
    sound: bytes


class OpenAiAudioServer(FaultyServer[Request]):
    """Answers `answer`; with `api_key` it lets nobody else in."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.answer: Mapping[str, Any] = TWO_SENTENCES
        self.api_key: str | None = None
        self.models = {"whisper-1"}

    @property
    def url(self) -> str:
        return f"{super().url}/v1"


class _Handler(FaultyHandler):
    server: OpenAiAudioServer

    def read(self) -> Request:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        fields: dict[str, list[str]] = {}
        sound = b""
        for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
            name, content = str(part.get_param("name", header="content-disposition")), part.get_payload(decode=True)
            assert isinstance(content, bytes)
            if part.get_filename():
                sound = content
            else:
                fields.setdefault(name, []).append(content.decode())
        return Request(self.path, dict(self.headers), fields, sound)

    def decide(self, request: Request) -> tuple[int, Mapping[str, Any]]:
        if self.server.api_key and request.headers.get("Authorization") != f"Bearer {self.server.api_key}":
            return 401, error_body("Incorrect API key provided.")
        if request.path != PATH or request.fields.get("model", [""])[0] not in self.server.models:
            return 404, error_body("The model does not exist.")
        if not request.sound.startswith(b"RIFF"):
            return 400, error_body("Invalid file format.")
        return 200, self.server.answer
