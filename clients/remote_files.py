"""A file that an HTTP server has, as far as it can be known without fetching it: is it there, how large, how it begins.

For addresses that whoever runs Backbeat has named, so they may lie in a private network. Redirects are not followed.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Protocol

import httpx

from clients.deadline import DeadlineTransport, time_limit
from clients.peer import Peer
from errors import TransientError
from version import RELEASE

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 8.0  # for all questions about one file
OK, PARTIAL, NOT_SATISFIABLE = 200, 206, 416
# 403 is what S3 answers for a file that is not there to whoever may not list the others.
ABSENT = frozenset({403, 404, 410})
NOT_BY_HEAD = frozenset({403, 405, 501})  # an address that is signed for GET is refused to HEAD
NOT_NOW = frozenset({408, 425, 429})
DEFAULTS = {"User-Agent": f"Backbeat/{RELEASE}", "Accept": "*/*", "Accept-Encoding": "identity"}
_IN_RANGE = re.compile(r"bytes (?:\d+-\d+|\*)/(\d+)")

_peer = Peer(
    name="The storage of the renderer's outputs",
    later="it is asked again later",
    setting="RENDER_OUTPUT_URL",
    answers="a file",
    total_seconds=TOTAL_SECONDS,
    max_tries=1,
    first_pause_seconds=0.0,
    max_pause_seconds=0.0,
    max_answer_bytes=1024 * 1024,
)


class NotSeekable(Exception):
    """The server sends a file from its beginning only."""


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no such file, as the server says by its status."""

    status: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a server says of a file: bytes, and when it was changed, in seconds since the epoch; None if it does not."""

    size_bytes: int | None
    changed_at: float | None


class RemoteFile(Protocol):
    """A file that is there."""

    @property
    def facts(self) -> Facts: ...

    def read(self, start: int, length: int) -> bytes:
        """At most so many bytes from there. :raise NotSeekable: if only the beginning can be had."""


@contextmanager
def opened(url: str, *, total_seconds: float = TOTAL_SECONDS) -> Iterator[RemoteFile | Absent]:
    """Ask for a file by `HEAD`, or for its first byte where a server does not answer to that.

    :raise TransientError: if the server does not answer, or says neither that it is there nor that it is not.
    """
    with time_limit(total_seconds), _peer.request_errors(), _http(total_seconds) as http:
        facts = _head(http, url)
        yield facts if isinstance(facts, Absent) else _OverHttp(http, url, facts)


def _http(total_seconds: float) -> httpx.Client:
    http = httpx.Client(
        timeout=httpx.Timeout(total_seconds, connect=CONNECT_SECONDS),
        transport=DeadlineTransport(),
        follow_redirects=False,
        trust_env=False,
    )
    http.headers = httpx.Headers(DEFAULTS)
    return http


def _head(http: httpx.Client, url: str) -> Facts | Absent:
    answer = http.head(url)
    if answer.status_code in NOT_BY_HEAD:
        return _first_byte(http, url)
    return _told(answer, {OK}, answer.headers.get("Content-Length"))


def _first_byte(http: httpx.Client, url: str) -> Facts | Absent:
    with http.stream("GET", url, headers={"Range": "bytes=0-0"}) as answer:
        if answer.status_code == NOT_SATISFIABLE:  # an empty file has no first byte
            return Facts(0, _changed_at(answer))
        is_part = answer.status_code == PARTIAL
        return _told(answer, {OK, PARTIAL}, _total(answer) if is_part else answer.headers.get("Content-Length"))


def _told(answer: httpx.Response, good: set[int], size: str | None) -> Facts | Absent:
    status = answer.status_code
    if status in ABSENT:
        return Absent(status)
    if answer.is_server_error or status in NOT_NOW:
        raise _peer.overloaded(answer)
    if status not in good:
        raise TransientError(
            f"The storage of the renderer's outputs does not answer as one (status {status}); check RENDER_OUTPUT_URL."
        )
    is_number = size is not None and size.isascii() and size.isdigit() and len(size) <= 18
    return Facts(int(size) if size is not None and is_number else None, _changed_at(answer))


def _changed_at(answer: httpx.Response) -> float | None:
    try:
        return parsedate_to_datetime(answer.headers.get("Last-Modified", "")).timestamp()
    except (ValueError, OverflowError):
        return None


def _total(answer: httpx.Response) -> str | None:
    found = _IN_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    return found[1] if found else None


@dataclass(frozen=True, slots=True)
class _OverHttp:
    http: httpx.Client
    url: str
    facts: Facts

    def read(self, start: int, length: int) -> bytes:
        wanted = {"Range": f"bytes={start}-{start + length - 1}"}
        with self.http.stream("GET", self.url, headers=wanted) as answer:
            if answer.status_code == NOT_SATISFIABLE:
                return b""
            if isinstance(_told(answer, {OK, PARTIAL}, None), Absent):
                raise TransientError("The renderer's output went away while it was looked at; it is looked at later.")
            if answer.status_code == OK and start > 0:
                raise NotSeekable
            return _first(answer, length)


def _first(answer: httpx.Response, length: int) -> bytes:
    """What comes until there is enough; the rest is not waited for."""
    found = bytearray()
    for chunk in answer.iter_raw():
        found += chunk
        if len(found) >= length:
            break
    return bytes(found[:length])
