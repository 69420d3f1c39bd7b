"""Sends videos over HTTP as a program does."""

from pathlib import Path
from typing import Any

from tests.api.client import CheckedClient
from tests.uploads.conftest import PIECE, VERSION

URL = "/api/videos"


def begin(client: CheckedClient, size_bytes: int, **more: Any) -> Any:
    """What is answered to a video of so many bytes whose file is to come in pieces."""
    told = {"file_name": "harbour.mp4", "size_bytes": size_bytes} | more
    answer = client.post(URL, json=told)
    assert answer.status_code == 201, answer.json
    return answer.json


def send(client: CheckedClient, video: dict[str, Any], data: bytes, offset: int = 0) -> Any:
    """Send a piece of that video's file."""
    headers = VERSION | {"Upload-Offset": str(offset)}
    return client.patch(video["upload_url"], data=data, content_type=PIECE, headers=headers)


def told(client: CheckedClient, video_id: str) -> Any:
    answer = client.get(f"{URL}/{video_id}")
    assert answer.status_code == 200, answer.json
    return answer.json


def send_whole(client: CheckedClient, path: Path, **more: Any) -> str:
    """The id of a video that waits for its processing."""
    data = path.read_bytes()
    video = begin(client, len(data), **more)
    assert send(client, video, data).status_code == 204
    return str(video["id"])
