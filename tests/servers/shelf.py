"""A web server with one file on it, which may answer otherwise."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Shelf(ThreadingHTTPServer):
    """Serves one file; `status` and `headers` can be set otherwise, and so can how much of it comes."""

    body = b""
    status = 200
    share = 1.0
    headers: dict[str, str]

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{name}"


class Handler(BaseHTTPRequestHandler):
    server: Shelf

    def do_GET(self) -> None:
        shelf = self.server
        self.send_response(shelf.status)
        for name, value in ({"Content-Length": str(len(shelf.body))} | shelf.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(shelf.body[: int(len(shelf.body) * shelf.share)])
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@contextmanager
def shelf_with(video: Path) -> Iterator[Shelf]:
    server = Shelf(("127.0.0.1", 0), Handler)
    server.body, server.headers = video.read_bytes(), {"Content-Type": "video/mp4"}
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
