"""LRCLIB over HTTP: lyrics by a track's signature, or by search (https://lrclib.net/docs)."""

import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Annotated, Self, TypeVar

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from clients.deadline import DeadlineTransport, time_limit
from clients.peer import Peer
from errors import TransientError

USER_AGENT = "Backbeat/0.1.0 (self-hosted media library; looks up the lyrics of its owner's songs)"

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
TOTAL_SECONDS = 20.0  # for one get or search, its retries, pauses and turns included
MAX_ANSWER_BYTES = 4 * 1024 * 1024  # a search brings at most 20 records of a few kilobytes
# LRCLIB refuses other durations with status 400.
SHORTEST_TRACK_SECONDS, LONGEST_TRACK_SECONDS = 1.0, 3600.0

_LRCLIB = Peer(
    name="LRCLIB",
    later="the look-up is tried again later",
    setting="LRCLIB_URL",
    answers="a lyrics record",
    total_seconds=TOTAL_SECONDS,
    max_tries=3,
    first_pause_seconds=0.5,
    max_pause_seconds=5.0,
    max_answer_bytes=MAX_ANSWER_BYTES,
)

T = TypeVar("T")
_Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]


class LyricsRecord(BaseModel):
    """A record of LRCLIB. An instrumental one has no lyrics; `synced_lyrics` is LRC, with a time stamp a line."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    id: int
    title: _Text = Field(alias="trackName")
    artist: _Text = Field(alias="artistName")
    album: _Text = Field(alias="albumName", default="")
    duration_seconds: float | None = Field(alias="duration", default=None)
    instrumental: bool = False
    plain_lyrics: str | None = Field(alias="plainLyrics", default=None)
    synced_lyrics: str | None = Field(alias="syncedLyrics", default=None)


class _Refusal(BaseModel):
    name: str


_record = TypeAdapter(LyricsRecord)
_records = TypeAdapter(list[LyricsRecord])


class LrclibClient:
    """Asks LRCLIB, with bounds on time, size and number of tries.

    `take_turn` is called before each request and may wait, or raise TransientError where the wait would be long.
    Connections are opened at the first request and kept for the next ones; `close`, or the end of a `with`, ends them.
    """

    def __init__(
        self,
        base_url: str,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
        total_seconds: float = TOTAL_SECONDS,
        take_turn: Callable[[], None] = lambda: None,
        sleep: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._total_seconds = total_seconds
        self._take_turn = take_turn
        self._base_url = base_url
        self._timeout = httpx.Timeout(read_seconds, connect=connect_seconds)
        self._transport = transport
        self._retrying = _LRCLIB.retrying(total_seconds, sleep)

    @cached_property
    def _http(self) -> httpx.Client:
        # Not before it is needed: reading the certificates takes longer than judging a song.
        return httpx.Client(
            base_url=self._base_url,
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            timeout=self._timeout,
            transport=self._transport or DeadlineTransport(),
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        if "_http" in self.__dict__:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, artist: str, title: str, album: str, duration_seconds: float) -> LyricsRecord | None:
        """The record of exactly this track, its duration within 2 s; None if LRCLIB has none.

        :raise TransientError: LRCLIB cannot be reached, is overloaded, or sends what cannot be understood.
        """
        if not SHORTEST_TRACK_SECONDS <= duration_seconds <= LONGEST_TRACK_SECONDS:
            return None
        signature = {"artist_name": artist, "track_name": title, "album_name": album}
        answer = self._ask("/api/get", signature | {"duration": str(round(duration_seconds))})
        return None if answer is None else _parsed(_record, answer)

    def search(self, artist: str, title: str) -> list[LyricsRecord]:
        """At most 20 records whose title and artist have these words in them, the best first.

        :raise TransientError: as `get` does.
        """
        answer = self._ask("/api/search", {"track_name": title, "artist_name": artist})
        return [] if answer is None else _parsed(_records, answer)

    def _ask(self, path: str, query: Mapping[str, str]) -> bytes | None:
        with time_limit(self._total_seconds):
            return self._retrying(self._ask_once, path, query)

    def _ask_once(self, path: str, query: Mapping[str, str]) -> bytes | None:
        self._take_turn()
        with _LRCLIB.request_errors(), self._http.stream("GET", path, params=query) as response:
            return _content(response)


def _content(response: httpx.Response) -> bytes | None:
    """The body of a success, None for a track that LRCLIB does not have; anything else is raised."""
    status = response.status_code
    if status == httpx.codes.OK:
        return _LRCLIB.body(response)
    if status == httpx.codes.NOT_FOUND and _says_track_not_found(_LRCLIB.body(response)):
        return None
    if status == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
        raise _LRCLIB.overloaded(response)
    if response.is_redirect:
        raise TransientError(
            f"LRCLIB answered with a redirect ({status}), which is not followed; set LRCLIB_URL to its final address."
        )
    raise TransientError(f"LRCLIB answered with status {status}, 200 or 404 was expected; check LRCLIB_URL.")


def _says_track_not_found(body: bytes) -> bool:
    """Whether a 404 is LRCLIB's own; that of a wrong address must not be remembered as a song without lyrics."""
    try:
        return _Refusal.model_validate_json(body).name == "TrackNotFound"
    except ValidationError:
        return False


def _parsed(shape: TypeAdapter[T], body: bytes) -> T:
    try:
        return shape.validate_json(body)
    except ValidationError as e:
        raise _LRCLIB.not_as_documented(e) from e
