"""The read side of the library, for pages and the API. Nothing here loads lyrics, except with an analysis."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, select

from errors import InvalidInput
from extensions import db
from models import Analysis, Song
from services.library import song_list, text
from services.library.pages import Page, checked_limit
from services.library.playlist_list import (
    PlaylistEntry,
    PlaylistSummary,
    list_playlists,
    playlist_songs,
    playlist_summary,
)
from services.library.ratings import RATING_FILTERS, UNRATED, by_filter
from services.library.song_list import SongSummary

__all__ = [
    "Page",
    "PlaylistEntry",
    "PlaylistSummary",
    "SongSummary",
    "analyses_of",
    "latest_analysis",
    "list_playlists",
    "list_songs",
    "playlist_songs",
    "playlist_summary",
    "rating_counts",
]

SEARCH_MAX_WORDS = 10


def list_songs(
    owner_id: int,
    *,
    q: str = "",
    rating: str | None = None,
    sort: str = "title",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[SongSummary]:
    """A page of an owner's songs.

    `q` is words that must all occur in title, artist or album; `rating` is one of `RATING_FILTERS`, or None for all;
    `sort` is one of `song_list.SORTS`.

    :raise InvalidInput: naming the argument that is not acceptable.
    """
    checked_limit(limit)
    wanted = [Song.owner_id == owner_id, *_matching(q), *_rated(rating)]
    return song_list.page(wanted, sort=sort, cursor=cursor, limit=limit)


def rating_counts(owner_id: int, *, q: str = "") -> dict[str, int]:
    """How many songs bear each of `RATING_FILTERS`; their sum is how many there are."""
    counted = select(Song.rating, func.count()).where(Song.owner_id == owner_id, *_matching(q)).group_by(Song.rating)
    return by_filter(dict(db.session.execute(counted).all()))


def latest_analysis(song_id: int) -> Analysis | None:
    """The analysis that counts, with its findings; None before the first."""
    return db.session.scalar(_analyses(song_id).limit(1))


def analyses_of(song_id: int) -> Sequence[Analysis]:
    """Every analysis of a song, newest first."""
    return db.session.scalars(_analyses(song_id)).all()


def _analyses(song_id: int) -> Select[Analysis]:
    return select(Analysis).where(Analysis.song_id == song_id).order_by(Analysis.analysed_at.desc(), Analysis.id.desc())


def _matching(q: str) -> list[ColumnElement[bool]]:
    return [
        Song.search_text.contains(word, autoescape=True)
        for word in text.words(q[: text.NAME_MAX_CHARS]).split()[:SEARCH_MAX_WORDS]
    ]


def _rated(rating: str | None) -> list[ColumnElement[bool]]:
    if rating is None:
        return []
    if rating not in RATING_FILTERS:
        allowed = f"it is one of {', '.join(RATING_FILTERS)}."
        raise InvalidInput(f"The rating {rating!r} is not known: {allowed}", details={"rating": allowed})
    return [Song.rating.is_(None) if rating == UNRATED else Song.rating == rating]
