"""Lists of playlists, and of the songs in one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, tuple_

from extensions import db
from models import Playlist, PlaylistSong, Song
from services.library import song_list
from services.library.cursors import Cursor, decode, encode
from services.library.pages import Page, checked_limit
from services.library.ratings import by_filter

_SORT = "name"


@dataclass(frozen=True)
class PlaylistSummary:
    """A playlist as a line of a list; `ratings` counts places by rating, a song that stands in two of them twice."""

    id: int
    name: str
    created_at: float
    updated_at: float
    song_count: int
    ratings: Mapping[str, int]


@dataclass(frozen=True)
class PlaylistEntry:
    """A song at its place, which counts from 1; a deleted song leaves a gap."""

    position: int
    song: song_list.SongSummary


def list_playlists(owner_id: int, *, cursor: str | None = None, limit: int = 100) -> Page[PlaylistSummary]:
    """A page of an owner's playlists by name, with how many songs each has and how they are rated.

    :raise InvalidInput: naming the argument that is not acceptable.
    """
    checked_limit(limit)
    name_key = func.lower(Playlist.name)
    query = select(Playlist, name_key).where(Playlist.owner_id == owner_id).order_by(name_key, Playlist.id)
    if cursor:
        start = decode(cursor, sort=_SORT, key_types=((str, int),))
        query = query.where(tuple_(name_key, Playlist.id) > tuple_(*start.key))
    found = db.session.execute(query.limit(limit + 1)).all()
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    after = encode(Cursor(_SORT, 0, (last[1], last[0].id))) if last else None
    return Page(_summaries([playlist for playlist, _ in shown]), after, None)


def playlist_summary(playlist: Playlist) -> PlaylistSummary:
    """What `list_playlists` tells of one playlist."""
    return _summaries([playlist])[0]


def playlist_songs(playlist_id: int, *, after_position: int = 0, limit: int = 100) -> list[PlaylistEntry]:
    """The songs of a playlist after a place. Go on from the last one's `position`, until fewer than `limit` come back.

    :raise InvalidInput: if `limit` is not acceptable.
    """
    places = (
        select(PlaylistSong.position, *song_list.COLUMNS)
        .join(Song, Song.id == PlaylistSong.song_id)
        .where(PlaylistSong.playlist_id == playlist_id, PlaylistSong.position > after_position)
        .order_by(PlaylistSong.position)
        .limit(checked_limit(limit))
    )
    return [PlaylistEntry(row.position, song_list.summary(row)) for row in db.session.execute(places)]


def _summaries(playlists: Sequence[Playlist]) -> list[PlaylistSummary]:
    counts = _rating_counts([playlist.id for playlist in playlists])
    return [
        PlaylistSummary(p.id, p.name, p.created_at, p.updated_at, sum(counts[p.id].values()), by_filter(counts[p.id]))
        for p in playlists
    ]


def _rating_counts(playlist_ids: Sequence[int]) -> Mapping[int, Mapping[str | None, int]]:
    counted = (
        select(PlaylistSong.playlist_id, Song.rating, func.count())
        .join(Song, Song.id == PlaylistSong.song_id)
        .where(PlaylistSong.playlist_id.in_(playlist_ids))
        .group_by(PlaylistSong.playlist_id, Song.rating)
    )
    counts: dict[int, dict[str | None, int]] = defaultdict(dict)
    for playlist_id, rating, count in db.session.execute(counted):
        counts[playlist_id][rating] = count
    return counts
