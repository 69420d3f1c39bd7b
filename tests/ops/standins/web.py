"""A web server that is always healthy."""

import os
import signal
from http.server import BaseHTTPRequestHandler, HTTPServer

from config import read_settings


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def serve() -> None:
    settings = read_settings()
    with HTTPServer((settings.host, settings.port), Healthy) as server:
        os.write(1, f"web runs as {os.getpid()}\n".encode())
        server.serve_forever()


def _stop(*_: object) -> None:
    os.write(1, b"web stops\n")
    os._exit(0)


signal.signal(signal.SIGTERM, _stop)
serve()
