"""Songs: made by hand, changed, deleted, or taken over from an import."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import clock
from errors import Conflict, InvalidInput, NotFound
from extensions import db, transaction
from models import Song
from services.library import text

Outcome = Literal["added", "updated", "existing"]

CHANGEABLE_FIELDS = frozenset({"title", "artist", "album", "lyrics", "duration_seconds"})
MAX_DURATION_SECONDS = 7 * 24 * 3600
PASTED = "pasted"


@dataclass(frozen=True)
class SongDraft:
    """A song as a file or a form describes it, not yet cleaned."""

    title: str
    artist: str = ""
    album: str = ""
    duration_seconds: float | None = None
    lyrics: str | None = None
    lyrics_source: str | None = None  # file, embedded or pasted, where there are lyrics
    source: str = ""


def no_such_song(song_id: int) -> NotFound:
    return NotFound(f"There is no song {song_id}.", code="song_not_found")


def get_song(song_id: int) -> Song:
    """:raise NotFound: if there is no such song."""
    song = db.session.get(Song, song_id)
    if song is None:
        raise no_such_song(song_id)
    return song


def create_song(
    owner_id: int,
    *,
    title: str,
    artist: str = "",
    album: str = "",
    lyrics: str | None = None,
    duration_seconds: float | None = None,
    source: str = "form",
) -> Song:
    """A new song with pasted lyrics, or none.

    :raise InvalidInput: naming the field that is not acceptable.
    :raise Conflict: if the owner has the song already; `details["id"]` is that one.
    """
    draft = SongDraft(title, artist, album, duration_seconds, lyrics, PASTED, source)
    song = _new_song(owner_id, draft)
    try:
        with transaction() as session:
            _refuse_double(session, song)
            session.add(song)
    except IntegrityError:
        _refuse_double(db.session(), song)  # somebody else was first
        raise
    return song


def update_song(song_id: int, **changes: Any) -> Song:
    """Change any of `CHANGEABLE_FIELDS`. Analyses made of earlier lyrics are kept.

    :raise InvalidInput: naming a field that is unknown or not acceptable.
    :raise Conflict: if another song of the owner has that artist and title; `details["id"]` is that one.
    """
    _refuse_unknown(changes)
    with transaction() as session:
        song = get_song(song_id)
        lyrics = text.clean_lyrics(changes.get("lyrics", song.lyrics))
        if lyrics != song.lyrics:
            song.lyrics, song.lyrics_source = lyrics, PASTED if lyrics else None
        named = {name: changes.get(name, getattr(song, name)) for name in ("title", "artist", "album")}
        with session.no_autoflush:
            _name(song, **named)
            _refuse_double(session, song)
        if "duration_seconds" in changes:
            song.duration_seconds = _duration(changes["duration_seconds"])
        song.updated_at = clock.now()
    return song


def delete_song(song_id: int) -> None:
    """Delete a song with its analyses, and take it out of every playlist.

    :raise NotFound: if there is no such song.
    """
    with transaction() as session:
        session.delete(get_song(song_id))


def upsert_draft(session: Session, owner_id: int, draft: SongDraft) -> tuple[int, Outcome]:
    """Take a draft over, inside the caller's transaction: (song id, outcome).

    `updated` is an existing song that gained lyrics, an album or a duration that it lacked; nothing that it has is
    ever overwritten.

    :raise InvalidInput: naming the field that is not acceptable.
    """
    new = _new_song(owner_id, draft)
    known = session.scalar(_same_song(new))
    if known is None:
        try:
            with session.begin_nested():
                session.add(new)
            return new.id, "added"
        except IntegrityError:  # another import was first
            known = session.scalars(_same_song(new)).one()
    return known.id, "updated" if _fill_gaps(known, new) else "existing"


def _fill_gaps(known: Song, new: Song) -> bool:
    before = (known.lyrics, known.album, known.duration_seconds)
    if not known.lyrics and new.lyrics:
        known.lyrics, known.lyrics_source = new.lyrics, new.lyrics_source
    if not known.album and new.album:
        _name(known, title=known.title, artist=known.artist, album=new.album)
    if known.duration_seconds is None:
        known.duration_seconds = new.duration_seconds
    changed = before != (known.lyrics, known.album, known.duration_seconds)
    if changed:
        known.updated_at = clock.now()
    return changed


def _new_song(owner_id: int, draft: SongDraft) -> Song:
    now = clock.now()
    lyrics = text.clean_lyrics(draft.lyrics)
    song = Song(
        owner_id=owner_id,
        duration_seconds=_duration(draft.duration_seconds),
        lyrics=lyrics,
        lyrics_source=draft.lyrics_source if lyrics else None,
        source=text.clean(draft.source, field="source"),
        created_at=now,
        updated_at=now,
    )
    _name(song, title=draft.title, artist=draft.artist, album=draft.album)
    return song


def _name(song: Song, *, title: str, artist: str, album: str) -> None:
    song.title = text.clean(title, field="title")
    song.artist = text.clean(artist, field="artist")
    song.album = text.clean(album, field="album")
    if not song.title:
        raise InvalidInput("A song needs a title.", details={"title": "a title is needed."})
    song.fingerprint = text.fingerprint(song.artist, song.title)
    song.title_key = text.sort_key(song.title)
    song.artist_key = text.sort_key(song.artist)
    song.search_text = text.search_text(song.title, song.artist, song.album)


def _duration(seconds: float | None) -> float | None:
    if seconds is None or 0 < seconds <= MAX_DURATION_SECONDS:
        return seconds
    message = f"a duration is above 0 and at most {MAX_DURATION_SECONDS:,} seconds; got {seconds!r}."
    raise InvalidInput(f"For a song, {message}", details={"duration_seconds": message})


def _refuse_unknown(changes: dict[str, Any]) -> None:
    unknown = sorted(changes.keys() - CHANGEABLE_FIELDS)
    if unknown:
        allowed = f"only these can be changed: {', '.join(sorted(CHANGEABLE_FIELDS))}."
        raise InvalidInput(f"A song's {unknown[0]!r} cannot be changed; {allowed}", details={unknown[0]: allowed})


def _refuse_double(session: Session, song: Song) -> None:
    double = session.scalar(_same_song(song).with_only_columns(Song.id))
    if double not in (None, song.id):
        raise Conflict(
            f"“{song.title}” by {song.artist or 'nobody named'} is in the library already, as song {double}.",
            code="song_exists",
            details={"id": double},
        )


def _same_song(song: Song) -> Select[Song]:
    return select(Song).where(Song.owner_id == song.owner_id, Song.fingerprint == song.fingerprint)
