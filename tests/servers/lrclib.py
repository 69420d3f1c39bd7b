"""A local server that speaks LRCLIB's documented API (https://lrclib.net/docs), with faults to order.

For a demo: `python -m tests.servers.lrclib --port 8300`, and start Backbeat with LRCLIB_URL=http://127.0.0.1:8300
"""

import argparse
import json
import re
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, urlsplit

DURATION_TOLERANCE_SECONDS = 2.0
MAX_SEARCH_RESULTS = 20
# Written by John Newton, printed in 1779.
AMAZING_GRACE = """\
Amazing grace! (how sweet the sound)
That sav'd a wretch like me!
I once was lost, but now am found,
Was blind, but now I see."""


@dataclass(frozen=True, slots=True)
class Record:
    """A song as LRCLIB sends it, so the field names are LRCLIB's."""

    id: int
    trackName: str  # noqa: N815
    artistName: str  # noqa: N815
    albumName: str | None = None  # noqa: N815
    duration: float | None = None
    instrumental: bool = False
    plainLyrics: str | None = None  # noqa: N815
    syncedLyrics: str | None = None  # noqa: N815

    def as_json(self) -> dict[str, Any]:
        return {"name": self.trackName} | asdict(self)


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one answer. `drip` sends that part byte by byte, `pause_seconds` apart, without end."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    drip: Literal["headers", "body"] | None = None
    pause_seconds: float = 0.0  # before the answer, and between the bytes of a drip
    hang_up: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


class LrclibServer(ThreadingHTTPServer):
    """Serves `records`. The next answers are the `faults`, in turn; where there are none, `lasting_fault` if set."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.records: list[Record] = []
        self.faults: deque[Fault] = deque()
        self.lasting_fault: Fault | None = None
        self.thinks_for_seconds = 0.0
        self.requests: list[Request] = []
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def add(self, title: str, artist: str, **more: Any) -> Record:
        """Add a record; `more` are further fields of `Record`."""
        record = Record(len(self.records) + 1, title, artist, **more)
        self.records.append(record)
        return record

    def next_fault(self) -> Fault | None:
        return self.faults.popleft() if self.faults else self.lasting_fault

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
    server: LrclibServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        self.server.requests.append(Request(parts.path, query, dict(self.headers)))
        fault = self.server.next_fault()
        if fault is not None:
            self._fail(fault)
            return
        self.server.stopping.wait(self.server.thinks_for_seconds)
        status, answer = answer_to(parts.path, query, self.server.records)
        self._send(status, {"Content-Type": "application/json"}, json.dumps(answer).encode())

    def _fail(self, fault: Fault) -> None:
        if fault.pause_seconds:
            self.server.stopping.wait(fault.pause_seconds)
        self.close_connection = True
        if fault.drip:
            self._drip(fault)
        elif not fault.hang_up:
            self._send(fault.status, fault.headers, fault.body)

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True  # the client has had enough

    def _drip(self, fault: Fault) -> None:
        end_of_headers = b"" if fault.drip == "headers" else b"\r\n[1"
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Slow: " + end_of_headers)
            while not self.server.stopping.wait(fault.pause_seconds):
                self.wfile.write(b"1")
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet: the requests are in the server's list."""


def answer_to(path: str, query: Mapping[str, str], records: list[Record]) -> tuple[int, Any]:
    """Status and JSON of an answer, decided as LRCLIB does."""
    if path == "/api/get":
        return _get(query, records)
    if path == "/api/search":
        return 200, [record.as_json() for record in records if _has_words(record, query)][:MAX_SEARCH_RESULTS]
    return 404, {"message": "Not found"}


def _get(query: Mapping[str, str], records: list[Record]) -> tuple[int, Any]:
    duration = query.get("duration")
    if not query.get("track_name") or not query.get("artist_name"):
        return _refusal(400, "ValidationError", "track_name, artist_name: cannot be empty")
    if duration and not 1 <= float(duration) <= 3600:
        return _refusal(400, "ValidationError", "duration: must be between 1 and 3600")
    found = next((record for record in records if _has_signature(record, query)), None)
    return (200, found.as_json()) if found else _refusal(404, "TrackNotFound", "Failed to find specified track")


def _refusal(code: int, name: str, message: str) -> tuple[int, Any]:
    return code, {"code": code, "name": name, "message": message}


def _words(text: str | None) -> list[str]:
    return re.findall(r"\w+", re.sub("['’]", "", text or "").lower())


def _has_signature(record: Record, query: Mapping[str, str]) -> bool:
    duration = query.get("duration")
    return (
        _words(record.trackName) == _words(query["track_name"])
        and _words(record.artistName) == _words(query["artist_name"])
        and ("album_name" not in query or _words(record.albumName) == _words(query["album_name"]))
        and (duration is None or abs((record.duration or 0) - float(duration)) <= DURATION_TOLERANCE_SECONDS)
    )


def _has_words(record: Record, query: Mapping[str, str]) -> bool:
    return all(
        set(_words(query.get(name))) <= set(_words(text))
        for name, text in (("track_name", record.trackName), ("artist_name", record.artistName))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve LRCLIB's API on this machine.")
    parser.add_argument("--port", type=int, default=8300, help="default=8300")
    parser.add_argument("--records", type=Path, help="a JSON list of records; default: one hymn")
    arguments = parser.parse_args()
    server = LrclibServer(arguments.port)
    if arguments.records:
        server.records = [Record(**record) for record in json.loads(arguments.records.read_bytes())]
    else:
        server.add("Amazing Grace", "John Newton", albumName="Olney Hymns", duration=180.0, plainLyrics=AMAZING_GRACE)
    print(f"Serving {len(server.records)} records at {server.url}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
