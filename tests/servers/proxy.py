"""A reverse proxy that counts what passes, and can be told to misbehave as proxies do."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Literal, Self

import httpx

Mood = Literal["fine", "bad_gateway", "garbage"]
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-encoding", "content-length"})


class CountingProxy:
    """`counts` says how often each path was asked for; `mood` how the next requests below `/api/progress` fare."""

    def __init__(self, target: str) -> None:
        self.mood: Mood = "fine"
        self.counts: Counter[str] = Counter()
        self._client = httpx.Client(base_url=target, timeout=30)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._client.close()

    def polls(self) -> int:
        """How many requests for progress have come so far."""
        return sum(count for path, count in self.counts.items() if path.startswith("/api/progress"))

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        self.counts[path.partition("?")[0]] += 1
        if path.startswith("/api/progress") and self.mood == "bad_gateway":
            return 502, {"Content-Type": "text/html"}, b"<h1>502 Bad Gateway</h1>"
        if path.startswith("/api/progress") and self.mood == "garbage":
            return 200, {"Content-Type": "text/html"}, b"<p>Sign in to the hotel's network"
        try:
            answer = self._client.request(method, path, headers=headers, content=body)
        except httpx.TransportError:
            return 502, {"Content-Type": "text/html"}, b"<h1>502 Bad Gateway</h1>"
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP}
        return answer.status_code, kept, answer.content

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                status, headers, body = proxy.answer(
                    self.command, self.path, dict(self.headers.items()), self.rfile.read(length)
                )
                self.send_response_only(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(BrokenPipeError):  # whoever asked has gone
                    self.wfile.write(body)

            def __getattr__(self, name: str) -> Callable[[], None]:
                if name.startswith("do_"):
                    return self.handle_any
                raise AttributeError(name)

            def log_message(self, *_: object) -> None:
                """Requests are counted, not printed."""

        return Handler
