"""A local server that speaks OpenAI's documented `/audio/transcriptions`, with faults to order.

It does not listen: it says `answer`, whatever it is sent, and keeps what it was sent.
"""

import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

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
class Fault:
    """What goes wrong with one answer; `silent` sends none, `hang_up` not even a status."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    silent: bool = False
    hang_up: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, list[str]]
    sound: bytes


class OpenAiAudioServer(ThreadingHTTPServer):
    """Answers `answer`; the next answers are the `faults`, in turn. With `api_key` it lets nobody else in."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: Mapping[str, Any] = TWO_SENTENCES
        self.api_key: str | None = None
        self.models = {"whisper-1"}
        self.faults: deque[Fault] = deque()
        self.requests: list[Request] = []
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stopping.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: OpenAiAudioServer

    def do_POST(self) -> None:
        request = self._read()
        self.server.requests.append(request)
        if self.server.faults:
            self._fail(self.server.faults.popleft())
            return
        status, answer = self._decide(request)
        self._send(status, {"Content-Type": "application/json"}, json.dumps(answer).encode())

    def _read(self) -> Request:
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

    def _decide(self, request: Request) -> tuple[int, Mapping[str, Any]]:
        if self.server.api_key and request.headers.get("Authorization") != f"Bearer {self.server.api_key}":
            return 401, _error("Incorrect API key provided.")
        if request.path != PATH or request.fields.get("model", [""])[0] not in self.server.models:
            return 404, _error("The model does not exist.")
        if not request.sound.startswith(b"RIFF"):
            return 400, _error("Invalid file format.")
        return 200, self.server.answer

    def _fail(self, fault: Fault) -> None:
        self.close_connection = True
        if fault.silent:
            self.server.stopping.wait(60)
        elif not fault.hang_up:
            self._send(fault.status, fault.headers, fault.body)

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet: the requests are in the server's list."""


def _error(message: str) -> Mapping[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
