"""How long is waited for a piece of an upload: whoever vanishes in its middle holds neither the upload nor a thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.exceptions import ClientDisconnected

from services.upload_files import Source

SILENT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Incoming:
    stream: Source

    def read(self, size: int, /) -> bytes:
        """:raise ClientDisconnected: if nothing came for too long."""
        try:
            return self.stream.read(size)
        except TimeoutError as e:
            raise ClientDisconnected from e


@contextmanager
def incoming() -> Iterator[Source]:
    """The body of this request; where the server gives its socket, silence on it counts as the client's end."""
    sock: Any = request.environ.get("gunicorn.socket")
    if sock is None:
        yield request.stream
        return
    before = sock.gettimeout()
    sock.settimeout(SILENT_SECONDS)
    try:
        yield _Incoming(request.stream)
    finally:
        sock.settimeout(before)
