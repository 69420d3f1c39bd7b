"""A local server that speaks LRCLIB's documented API (https://lrclib.net/docs), with faults to order.

For a demo: `python -m tests.servers.lrclib --port 8300`, and start Backbeat with LRCLIB_URL=http://127.0.0.1:8300
"""

import argparse
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.servers.faulty import FaultyHandler, FaultyServer

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
class Request:
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


class LrclibServer(FaultyServer[Request]):
    """Serves `records`."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(_Handler, port)
        self.records: list[Record] = []
        self.thinks_for_seconds = 0.0

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def add(self, title: str, artist: str, **more: Any) -> Record:
        """Add a record; `more` are further fields of `Record`."""
        record = Record(len(self.records) + 1, title, artist, **more)
        self.records.append(record)
        return record


class _Handler(FaultyHandler):
    server: LrclibServer

    def read(self) -> Request:
        parts = urlsplit(self.path)
        return Request(parts.path, dict(parse_qsl(parts.query)), dict(self.headers))

    def decide(self, request: Request) -> tuple[int, Any]:
        self.server.stopping.wait(self.server.thinks_for_seconds)
        return answer_to(request.path, request.query, self.server.records)


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
