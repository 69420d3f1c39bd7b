"""A client that falls silent in the middle of a piece holds neither the upload nor a thread, and what came is kept."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import ClientDisconnected

from blueprints.pieces import SILENT_SECONDS, incoming
from models import User
from services import resumable


class Socket:
    """Notes how long it would wait."""

    def __init__(self) -> None:
        self.timeout_seconds: float | None = None

    def gettimeout(self) -> float | None:
        return self.timeout_seconds

    def settimeout(self, timeout_seconds: float | None) -> None:
        self.timeout_seconds = timeout_seconds


class Silent:
    """A body of which three bytes come, and then nothing for as long as the socket waits."""

    def __init__(self, sock: Socket) -> None:
        self._sock, self._chunks = sock, [b"abc"]
        self.waited_seconds: float | None = None

    def read(self, _size: int = -1, /) -> bytes:
        if self._chunks:
            return self._chunks.pop(0)
        self.waited_seconds = self._sock.gettimeout()
        raise TimeoutError("timed out")


@pytest.mark.parametrize("length", [{"CONTENT_LENGTH": "10"}, {"wsgi.input_terminated": True}])
def test_it_takes_silence_for_the_end_of_the_connection(app: Flask, owner: User, length: dict[str, Any]) -> None:
    upload_id = resumable.begin(owner.id, file_name="a.mp4", size_bytes=10, details={}).id
    sock = Socket()
    body = Silent(sock)
    environ = {"REQUEST_METHOD": "PATCH", "wsgi.input": body, "gunicorn.socket": sock, **length}
    with app.request_context(_whole(app, environ)), incoming() as source, pytest.raises(ClientDisconnected):
        resumable.append(upload_id, 0, source)
    assert (body.waited_seconds, sock.timeout_seconds) == (SILENT_SECONDS, None)
    assert resumable.offset_of(resumable.get_upload(upload_id)) == 3
    resumable.end(upload_id)


def _whole(app: Flask, environ: dict[str, Any]) -> dict[str, Any]:
    with app.test_request_context("/api/uploads/x") as context:
        return {**context.request.environ, **environ}
