"""Lists that begin with what came last: what narrows them by status and words, and the cursor behind a row."""

from collections.abc import Collection, Iterable
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from errors import InvalidInput
from services.library import cursors

SORT = "newest"
KEY_TYPES = ((float, str),)  # created_at, id
MAX_WORDS = 10

Conditions: TypeAlias = list[ColumnElement[bool]]
Created: TypeAlias = InstrumentedAttribute[float]
Id: TypeAlias = InstrumentedAttribute[str]


def owned(column: InstrumentedAttribute[int], owner_id: int | None) -> Conditions:
    """Somebody's, or everybody's."""
    return [] if owner_id is None else [column == owner_id]


def at_status(column: InstrumentedAttribute[str], status: str | None, allowed: Collection[str]) -> Conditions:
    """:raise InvalidInput: if there is no such status."""
    if not status:
        return []
    if status not in allowed:
        told = f"it is one of {', '.join(allowed)}"
        raise InvalidInput(f"There is no status {status[:40]!r}: {told}.", details={"status": told})
    return [column == status]


def matching(q: str, columns: Iterable[InstrumentedAttribute[Any]]) -> Conditions:
    """Each word of `q`, the first ten, occurs in some column."""
    searched = tuple(columns)
    words = q.split()[:MAX_WORDS]
    return [or_(*(column.icontains(word, autoescape=True) for column in searched)) for word in words]


def behind(cursor: str | None, created: Created, row_id: Id) -> Conditions:
    """:raise InvalidInput: if the cursor is none of ours."""
    if not cursor:
        return []
    created_at, last_id = cursors.decode(cursor, sort=SORT, key_types=KEY_TYPES).key
    return [tuple_(created, row_id) < tuple_(created_at, last_id)]


def cursor_behind(created_at: float, row_id: str) -> str:
    """Where the page after this row begins."""
    return cursors.encode(cursors.Cursor(SORT, 0, (float(created_at), row_id)))
