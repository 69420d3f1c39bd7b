"""Lists of songs, page by page, by keyset: a page of 50,000 songs costs what the first one does.

Some orders come in segments, each of which an index delivers sorted: by rating, the explicit songs stand before the
mature ones; by score, those without one stand last. A page takes from a segment, then from the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, tuple_

from errors import InvalidInput
from extensions import db
from models import Song
from services.library.cursors import Cursor, decode, encode
from services.library.pages import Page
from services.library.ratings import RATINGS_BY_WEIGHT

COLUMNS = (
    Song.id,
    Song.title,
    Song.artist,
    Song.album,
    Song.duration_seconds,
    Song.rating,
    Song.score,
    Song.analysed_at,
    Song.created_at,
    Song.updated_at,
    Song.lyrics.is_not(None).label("has_lyrics"),
)


@dataclass(frozen=True)
class SongSummary:
    """A song as a line of a list; its lyrics stay where they are."""

    id: int
    title: str
    artist: str
    album: str
    duration_seconds: float | None
    rating: str | None
    score: int | None
    analysed_at: float | None
    created_at: float
    updated_at: float
    has_lyrics: bool


@dataclass(frozen=True)
class _Segment:
    """A part of the list that is sorted by `keys`, all of them up or all of them down."""

    keys: tuple[Any, ...]
    part: ColumnElement[bool] | None = None
    descending: bool = False


_BY_TITLE = (Song.title_key, Song.id)
SORTS: dict[str, tuple[_Segment, ...]] = {
    "title": (_Segment(_BY_TITLE),),
    "artist": (_Segment((Song.artist_key, Song.id)),),
    "rating": (
        *(_Segment(_BY_TITLE, part=Song.rating == rating) for rating in RATINGS_BY_WEIGHT),
        _Segment(_BY_TITLE, part=Song.rating.is_(None)),
    ),
    "score": (
        _Segment((Song.score, Song.id), part=Song.score.is_not(None), descending=True),
        _Segment((Song.id,), part=Song.score.is_(None), descending=True),
    ),
    "newest": (_Segment((Song.created_at, Song.id), descending=True),),
}


def page(wanted: Sequence[ColumnElement[bool]], *, sort: str, cursor: str | None, limit: int) -> Page[SongSummary]:
    """The songs that meet all of `wanted`, after `cursor` or from the start.

    :raise InvalidInput: naming `sort` or `cursor`, if it is not acceptable.
    """
    segments = SORTS[_checked(sort)]
    start = decode(cursor, sort=sort, key_types=tuple(map(key_types, segments))) if cursor else None
    backwards = start is not None and start.backwards
    found = _collect(wanted, sort, start, limit + 1)
    shown, more = found[:limit], len(found) > limit
    if backwards:
        shown.reverse()
    before, after = (more, True) if backwards else (start is not None, more)
    return Page(
        [summary(row) for _, row in shown],
        _cursor_at(sort, shown[-1]) if shown and after else None,
        _cursor_at(sort, shown[0], backwards=True) if shown and before else None,
    )


def statement(
    wanted: Sequence[ColumnElement[bool]], sort: str, index: int, start: Cursor | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """The query of one segment: at most `limit` rows of `COLUMNS`, then the key's values as `key_0`, `key_1`."""
    segment, backwards = SORTS[sort][index], start is not None and start.backwards
    down = segment.descending != backwards
    labelled = [key.label(f"key_{number}") for number, key in enumerate(segment.keys)]
    query = select(*COLUMNS, *labelled).where(*wanted)
    if segment.part is not None:
        query = query.where(segment.part)
    if start is not None and start.segment == index:
        keys, at = tuple_(*segment.keys), tuple_(*start.key)
        query = query.where(keys < at if down else keys > at)
    return query.order_by(*(key.desc() if down else key.asc() for key in segment.keys)).limit(limit)


def summary(row: Row[*tuple[Any, ...]]) -> SongSummary:
    """The song of a row that holds `COLUMNS`."""
    return SongSummary(*(getattr(row, column.key) for column in COLUMNS))


def _collect(
    wanted: Sequence[ColumnElement[bool]], sort: str, start: Cursor | None, limit: int
) -> list[tuple[int, Row[*tuple[Any, ...]]]]:
    found: list[tuple[int, Row[*tuple[Any, ...]]]] = []
    for index in _walk(sort, start):
        rows = db.session.execute(statement(wanted, sort, index, start, limit - len(found)))
        found.extend((index, row) for row in rows)
        if len(found) >= limit:
            break
    return found


def _walk(sort: str, start: Cursor | None) -> range:
    """The numbers of the segments to look into, in the order of looking."""
    count = len(SORTS[sort])
    if start is None:
        return range(count)
    return range(start.segment, -1, -1) if start.backwards else range(start.segment, count)


def _cursor_at(sort: str, place: tuple[int, Row[*tuple[Any, ...]]], *, backwards: bool = False) -> str:
    index, row = place
    key = tuple(getattr(row, f"key_{number}") for number in range(len(SORTS[sort][index].keys)))
    return encode(Cursor(sort, index, key, backwards))


def key_types(segment: _Segment) -> tuple[type, ...]:
    """The Python types of a segment's key."""
    return tuple(key.type.python_type for key in segment.keys)


def _checked(sort: str) -> str:
    if sort not in SORTS:
        allowed = f"it is one of {', '.join(SORTS)}."
        raise InvalidInput(f"The sort order {sort!r} is not known: {allowed}", details={"sort": allowed})
    return sort
