"""Opaque cursors: a place in a sorted list, to go on from there without counting rows."""

import base64
import json
import math
from dataclasses import dataclass
from typing import Any

from errors import InvalidInput

MAX_CURSOR_CHARS = 4000
_MAX_INTEGER = 2**63 - 1  # the databases' widest


@dataclass(frozen=True)
class Cursor:
    """The place right after (or, backwards, right before) a row of a sorted list.

    `segment` numbers the part of the list that the row is in; `key` holds the row's values of the columns that the
    part is sorted by.
    """

    sort: str
    segment: int
    key: tuple[str | int | float, ...]
    backwards: bool = False


def encode(cursor: Cursor) -> str:
    """The cursor as base64url of JSON, without padding."""
    document = json.dumps([cursor.sort, cursor.segment, list(cursor.key), cursor.backwards], separators=(",", ":"))
    return base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")


def decode(text: str, *, sort: str, key_types: tuple[tuple[type, ...], ...]) -> Cursor:
    """The cursor of a list sorted by `sort`, whose segments have keys of these types.

    :raise InvalidInput: naming the field `cursor`, if it was not made for such a list.
    """
    try:
        if len(text) > MAX_CURSOR_CHARS:
            raise ValueError("too long")
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        cursor = _cursor(json.loads(base64.b64decode(padded, altchars=b"-_", validate=True)))
        if cursor.sort != sort or tuple(map(type, cursor.key)) != key_types[cursor.segment]:
            raise ValueError("made for another list")
    except (ValueError, TypeError, IndexError, RecursionError) as e:
        message = f"take it unchanged from a page sorted by {sort}, or leave it out to begin at the first page."
        raise InvalidInput(f"The cursor cannot be used: {message}", details={"cursor": message}) from e
    return cursor


def _cursor(document: Any) -> Cursor:
    sort, segment, key, backwards = document
    if type(segment) is not int or segment < 0 or type(backwards) is not bool:
        raise ValueError("not a cursor")
    return Cursor(sort, segment, tuple(map(_checked_value, key)), backwards)


def _checked_value(value: Any) -> Any:
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("no column holds a NUL")
    if isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= _MAX_INTEGER):
        raise ValueError("no column holds such a number")
    return value
