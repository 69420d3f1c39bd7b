"""Where the lyrics of a song come from: the song itself, what was found before, or LRCLIB."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from redis import Redis
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

import clock
from clients.lrclib import LrclibClient, LyricsRecord
from config import Settings
from extensions import db, transaction
from models import LyricsLookup, Song
from services.lyrics_match import Track, best_match, is_answer, normalised, text_of
from store import keys
from store.rate_limit import RateLimit

log = structlog.get_logger(__name__)

DAY_SECONDS = 86_400.0
# LRCLIB grows every day, so a miss is worth another look; the words of a song hardly ever change.
MISS_LIFETIME_SECONDS = 7 * DAY_SECONDS
HIT_LIFETIME_SECONDS = 365 * DAY_SECONDS

FROM_SONG = "song"  # of lyrics whose source was not noted
FROM_LRCLIB = "lrclib"
FROM_NOWHERE = "none"


@dataclass(frozen=True, slots=True)
class Lyrics:
    """The text to judge and where it came from.

    Without text the source is `none` where nothing was found, `lrclib` where LRCLIB says that it is an instrumental.
    """

    text: str | None
    source: str


NO_LYRICS = Lyrics(None, FROM_NOWHERE)


def lrclib_client(settings: Settings, redis: Redis, *, sleep: Callable[[float], None] = time.sleep) -> LrclibClient:
    """A client of LRCLIB that shares LRCLIB_REQUESTS_PER_SECOND with all other workers."""
    rate = settings.lrclib_requests_per_second
    limit = RateLimit(redis, keys.rate_limit("lrclib"), rate, burst=max(1, int(rate)))
    return LrclibClient(settings.lrclib_url, take_turn=lambda: sleep(limit.reserve()), sleep=sleep)


def lyrics_for(song: Song, client: LrclibClient) -> Lyrics:
    """The lyrics of a song; that there are none is a result too.

    The session's transaction is ended before the network is used, so call it with nothing unsaved.

    :raise TransientError: LRCLIB cannot answer now.
    """
    if song.lyrics and song.lyrics.strip():
        return Lyrics(song.lyrics, song.lyrics_source or FROM_SONG)
    track = Track(song.artist, song.title, song.album, song.duration_seconds)
    if not track.can_be_asked_for:
        return NO_LYRICS
    known = _remembered(track)
    if known is not None:
        log.info("lyrics_remembered", source=known.source)
        return known
    return _looked_up(track, client)


def _looked_up(track: Track, client: LrclibClient) -> Lyrics:
    # An open transaction would keep SQLite from checkpointing and PostgreSQL from vacuuming for as long as we wait.
    db.session.rollback()
    began = clock.monotonic()
    record = _ask(track, client)
    log.info("lyrics_looked_up", at="lrclib", found=record is not None, seconds=round(clock.monotonic() - began, 2))
    lyrics = NO_LYRICS if record is None else Lyrics(text_of(record), FROM_LRCLIB)
    _remember(track, lyrics)
    return lyrics


def _ask(track: Track, client: LrclibClient) -> LyricsRecord | None:
    if track.album and track.duration_seconds:
        record = client.get(track.artist, track.title, track.album, track.duration_seconds)
        if record is not None and is_answer(record):
            return record
    return best_match(track, client.search(track.artist, track.title))


def _key(track: Track) -> str:
    duration = "" if track.duration_seconds is None else str(round(track.duration_seconds))
    names = (normalised(name) for name in (track.artist, track.title, track.album))
    return hashlib.sha256("\n".join((*names, duration)).encode()).hexdigest()


def _remembered(track: Track) -> Lyrics | None:
    columns = select(LyricsLookup.found, LyricsLookup.lyrics, LyricsLookup.looked_up_at)
    row = db.session.execute(columns.where(LyricsLookup.key == _key(track))).first()
    if row is None or not is_fresh(row.found, clock.now() - row.looked_up_at):
        return None
    return Lyrics(row.lyrics, FROM_LRCLIB) if row.found else NO_LYRICS


def is_fresh(found: bool, age_seconds: float) -> bool:
    """Whether an answer of this age still counts."""
    return age_seconds < (HIT_LIFETIME_SECONDS if found else MISS_LIFETIME_SECONDS)


def _remember(track: Track, lyrics: Lyrics) -> None:
    """Keep the answer; of two workers that asked at once the later one overwrites, with the same."""
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[db.engine.dialect.name]
    answer = {
        "found": lyrics.source == FROM_LRCLIB,
        "lyrics": lyrics.text,
        "looked_up_at": clock.now(),
    }
    statement = insert(LyricsLookup).values(key=_key(track), **answer)
    with transaction() as session:
        session.execute(statement.on_conflict_do_update(index_elements=[LyricsLookup.key], set_=answer))
