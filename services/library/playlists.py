"""Playlists: ordered lists of songs of one owner. A song may stand in one more than once."""

from collections.abc import Sequence

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import clock
from errors import Conflict, InvalidInput, NotFound
from extensions import db, transaction
from models import Playlist, PlaylistSong, Song
from services.library import text
from services.library.songs import Outcome

PLAYLIST_MAX_SONGS = 20_000
IDS_PER_QUERY = 500  # below every database's limit on parameters


def no_such_playlist(playlist_id: int) -> NotFound:
    return NotFound(f"There is no playlist {playlist_id}.", code="playlist_not_found")


def get_playlist(playlist_id: int) -> Playlist:
    """:raise NotFound: if there is no such playlist."""
    playlist = db.session.get(Playlist, playlist_id)
    if playlist is None:
        raise no_such_playlist(playlist_id)
    return playlist


def create_playlist(owner_id: int, name: str, song_ids: Sequence[int] = ()) -> Playlist:
    """A new playlist of the owner's songs, in that order.

    :raise InvalidInput: if the name is empty, or a song is not the owner's.
    :raise Conflict: if the owner has a playlist of that name; `details["id"]` is that one.
    """
    now = clock.now()
    playlist = Playlist(owner_id=owner_id, name=_clean_name(name), created_at=now, updated_at=now)
    try:
        with transaction() as session:
            _refuse_double(session, playlist)
            _refuse_foreign(session, owner_id, song_ids)
            session.add(playlist)
            session.flush()
            _set_songs(session, playlist.id, song_ids)
    except IntegrityError:
        _refuse_double(db.session(), playlist)  # somebody else was first
        raise
    return playlist


def update_playlist(playlist_id: int, *, name: str | None = None, song_ids: Sequence[int] | None = None) -> Playlist:
    """Rename a playlist, replace its songs, or both; None leaves a thing as it is. Errors as in `create_playlist`."""
    with transaction() as session:
        playlist = get_playlist(playlist_id)
        session.refresh(playlist, with_for_update=True)  # two who set its songs at once take turns
        if name is not None:
            with session.no_autoflush:
                playlist.name = _clean_name(name)
                _refuse_double(session, playlist)
        if song_ids is not None:
            _refuse_foreign(session, playlist.owner_id, song_ids)
            _set_songs(session, playlist_id, song_ids)
        playlist.updated_at = clock.now()
    return playlist


def delete_playlist(playlist_id: int) -> None:
    """Delete a playlist; its songs stay in the library.

    :raise NotFound: if there is no such playlist.
    """
    with transaction() as session:
        session.delete(get_playlist(playlist_id))


def upsert_playlist(session: Session, owner_id: int, name: str, song_ids: Sequence[int]) -> tuple[int, Outcome]:
    """Take an imported playlist over by its name, inside the caller's transaction: (playlist id, outcome).

    The songs must be the owner's; this is not looked into again.
    """
    now = clock.now()
    playlist = Playlist(owner_id=owner_id, name=_clean_name(name), created_at=now, updated_at=now)
    known = session.scalar(_same_name(playlist).with_for_update())
    if known is None:
        try:
            with session.begin_nested():
                session.add(playlist)
            _set_songs(session, playlist.id, song_ids)
            return playlist.id, "added"
        except IntegrityError:  # another import was first
            known = session.scalars(_same_name(playlist)).one()
    if song_ids_of(session, known.id) == list(song_ids):
        return known.id, "existing"
    _set_songs(session, known.id, song_ids)
    known.updated_at = now
    return known.id, "updated"


def song_ids_of(session: Session, playlist_id: int) -> list[int]:
    """The ids of a playlist's songs, in order."""
    places = select(PlaylistSong.song_id).where(PlaylistSong.playlist_id == playlist_id)
    return list(session.scalars(places.order_by(PlaylistSong.position)))


def _set_songs(session: Session, playlist_id: int, song_ids: Sequence[int]) -> None:
    session.execute(delete(PlaylistSong).where(PlaylistSong.playlist_id == playlist_id))
    places = [
        {"playlist_id": playlist_id, "position": position, "song_id": song_id}
        for position, song_id in enumerate(song_ids, start=1)
    ]
    if places:
        session.execute(insert(PlaylistSong), places)


def _clean_name(name: str) -> str:
    cleaned = text.clean(name, field="name")
    if not cleaned:
        raise InvalidInput("A playlist needs a name.", details={"name": "a name is needed."})
    return cleaned


def _refuse_double(session: Session, playlist: Playlist) -> None:
    double = session.scalar(_same_name(playlist).with_only_columns(Playlist.id))
    if double not in (None, playlist.id):
        raise Conflict(
            f"There is a playlist named “{playlist.name}” already, playlist {double}.",
            code="playlist_exists",
            details={"id": double},
        )


def _refuse_foreign(session: Session, owner_id: int, song_ids: Sequence[int]) -> None:
    if len(song_ids) > PLAYLIST_MAX_SONGS:
        message = f"a playlist may have at most {PLAYLIST_MAX_SONGS:,} songs; got {len(song_ids):,}."
        raise InvalidInput(message.capitalize(), details={"song_ids": message})
    wanted = sorted(set(song_ids))
    owned: set[int] = set()
    for start in range(0, len(wanted), IDS_PER_QUERY):
        some = wanted[start : start + IDS_PER_QUERY]
        owned.update(session.scalars(select(Song.id).where(Song.owner_id == owner_id, Song.id.in_(some))))
    foreign = [song_id for song_id in wanted if song_id not in owned]
    if foreign:
        message = f"there is no song {foreign[0]} in this library."
        raise InvalidInput(message.capitalize(), details={"song_ids": message})


def _same_name(playlist: Playlist) -> Select[Playlist]:
    return select(Playlist).where(Playlist.owner_id == playlist.owner_id, Playlist.name == playlist.name)
