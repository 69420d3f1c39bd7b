"""A receiver of webhooks on this machine, that answers as a test wants."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import clock


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came; `headers` has their names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float  # seconds, on the monotonic clock

    @property
    def message_id(self) -> str:
        return self.headers.get("webhook-id", "")


Answering = Callable[[BaseHTTPRequestHandler, Received], object]


def answer(status: int = 204, body: bytes = b"", **headers: str) -> Answering:
    """`Retry_After="3"` becomes `Retry-After: 3`."""

    def respond(handler: BaseHTTPRequestHandler, _: Received) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return respond


@dataclass
class Sink:
    """`received` is all that came, in order; `script` has the next answers, `otherwise` what is said after them."""

    url: str
    script: list[Answering] = field(default_factory=list)
    otherwise: Answering = field(default_factory=answer)
    received: list[Received] = field(default_factory=list)
    _lock: Any = field(default_factory=threading.Lock)

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        request = Received(handler.path, headers, body, clock.monotonic())
        with self._lock:
            self.received.append(request)
            respond = self.script.pop(0) if self.script else self.otherwise
        try:
            respond(handler, request)
        except OSError:
            handler.close_connection = True  # whoever asked has heard enough


@contextmanager
def sink(host: str = "127.0.0.1") -> Iterator[Sink]:
    """Listening on a free port until the end of the `with`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            receiver.take(self)

        do_POST = do_GET  # noqa: N815 - as above

        def log_message(self, *_: object) -> None:
            """Tests say what they have to say themselves."""

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    receiver = Sink(f"http://{host}:{server.server_address[1]}/hook")
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
