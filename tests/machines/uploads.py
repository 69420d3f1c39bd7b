"""A film that is sent in pieces by tus, and whose web host dies in the middle of one."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.machines.balancer import SERVED_BY
from tests.machines.members import Member
from tests.machines.person import Person
from tests.media.makers import recording
from tests.servers.files import box
from tests.waiting import wait_until

PADDING_BYTES = 6_000_000  # that players pass over
PIECE_BYTES, PAUSE_SECONDS = 64_000, 0.01
TUS = {"Tus-Resumable": "1.0.0"}


def film(folder: Path) -> bytes:
    """Two seconds of picture and tone, in a file that takes a while to send."""
    return recording(folder / "film.mp4", seconds=2).read_bytes() + box("free", bytes(PADDING_BYTES))


class Sending:
    """One film on its way."""

    def __init__(self, person: Person, data: bytes) -> None:
        self._client = person.client
        self._data = data
        answer = self._client.post("/api/videos", json={"file_name": "film.mp4", "size_bytes": len(data)})
        assert answer.status_code == 201, answer.text
        self.video: dict[str, Any] = answer.json()
        self._address = str(self.video["upload_url"])
        self.size = len(data)
        self.resumed_at = 0

    def send(self, halfway: Callable[[], None]) -> None:
        """Send all in one request, call `halfway` in the midst of it, and after it has failed go on where it was."""
        with suppress(httpx.TransportError):  # cut off, as is to be expected
            self._patch(0, self._slowly(halfway))
        wait_until(self._knows_offset, "the upload can be resumed")
        if self.resumed_at < len(self._data):
            answer = self._patch(self.resumed_at, self._data[self.resumed_at :])
            assert answer.status_code == 204, answer.text

    def _slowly(self, halfway: Callable[[], None]) -> Iterator[bytes]:
        for start in range(0, len(self._data), PIECE_BYTES):
            if start <= len(self._data) // 2 < start + PIECE_BYTES:
                halfway()
            yield self._data[start : start + PIECE_BYTES]
            time.sleep(PAUSE_SECONDS)

    def _patch(self, offset: int, content: bytes | Iterator[bytes]) -> httpx.Response:
        piece = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        return self._client.patch(self._address, content=content, headers=TUS | piece)

    def _knows_offset(self) -> bool:
        answer = self._client.head(self._address, headers=TUS)
        self.resumed_at = int(answer.headers.get("Upload-Offset", 0))
        return answer.status_code == 200

    def taken_by(self, members: list[Member]) -> Member:
        """The web host that has the file of the upload open."""
        upload_id = self._address.rsplit("/", 1)[-1]
        return next(member for member in members if any(upload_id in path for path in _open_files(member)))

    def wrong(self) -> list[str]:
        """What is not as it was sent, wherever it is asked for; waits until the film is ready."""
        wait_until(lambda: self._told()["status"] in ("ready", "failed"), "the film is ready", within_seconds=180)
        video = self._told()
        if video["status"] != "ready":
            return [f"the film is {video['status']}: {video['problem_text']}"]
        wanted, served_by = hashlib.sha256(self._data).digest(), set()
        for _ in range(4):
            answer = self._client.get(video["source_url"])
            served_by.add(answer.headers[SERVED_BY])
            if hashlib.sha256(answer.content).digest() != wanted:
                return [f"{answer.headers[SERVED_BY]} hands out another film: {answer.status_code}"]
        return [] if len(served_by) > 1 else [f"the film was handed out by {served_by} alone"]

    def _told(self) -> dict[str, Any]:
        told: dict[str, Any] = self._client.get(f"/api/videos/{self.video['id']}").json()
        return told


def _open_files(member: Member) -> list[str]:
    family = psutil.Process(member.pid).children(recursive=True)
    return [file.path for process in family for file in process.open_files()]
