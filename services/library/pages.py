"""A page of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from errors import InvalidInput

T = TypeVar("T")

PAGE_MAX_ITEMS = 100


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items of a list, and the cursors of the pages beside it where there are any."""

    items: Sequence[T]
    next_cursor: str | None
    previous_cursor: str | None


def checked_limit(limit: int) -> int:
    """:raise InvalidInput: unless 1 <= limit <= 100."""
    if not 1 <= limit <= PAGE_MAX_ITEMS:
        allowed = f"it is a number from 1 to {PAGE_MAX_ITEMS}; got {limit}."
        raise InvalidInput(f"The limit cannot be used: {allowed}", details={"limit": allowed})
    return limit
