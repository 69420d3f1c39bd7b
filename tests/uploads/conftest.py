"""A client of tus, small enough to do it wrong."""

import base64
from typing import Any

import pytest
from flask import Flask

from tests.api.client import CheckedClient
from tests.media.makers import recording

URL = "/api/uploads"
VERSION = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


def metadata(**told: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())


class Tus:
    """Sends what it is told to."""

    def __init__(self, client: CheckedClient) -> None:
        self.client = client

    def create(self, size: int | str, *, data: bytes = b"", headers: dict[str, str] | None = None, **told: str) -> Any:
        all_headers = VERSION | {"Upload-Length": str(size), "Upload-Metadata": metadata(**told)} | (headers or {})
        more = {"content_type": PIECE, "data": data} if data else {}
        return self.client.post(URL, headers=all_headers, **more)

    def begin(self, size: int, **told: str) -> str:
        more: dict[str, Any] = {"filename": "a.mp4"} | told
        return str(self.create(size, **more).headers["Location"])

    def send(self, address: str, offset: int | str, data: bytes, **headers: str) -> Any:
        told = VERSION | {"Upload-Offset": str(offset)} | headers
        return self.client.patch(address, data=data, content_type=PIECE, headers=told)

    def offset(self, address: str) -> int:
        return int(self.head(address).headers["Upload-Offset"])

    def head(self, address: str) -> Any:
        return self.client.head(address, headers=VERSION)


@pytest.fixture
def tus(app: Flask) -> Tus:
    return Tus(CheckedClient(app, app.response_class))


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return recording(tmp_path_factory.mktemp("video") / "a.mp4", seconds=2).read_bytes()
