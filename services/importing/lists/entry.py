"""What a playlist file says."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.library.songs import SongDraft


@dataclass(frozen=True)
class Entry:
    """One entry of a list: where its file is, what its song is, or what is wrong with it.

    `label` tells people where it stands, such as “line 7”.
    """

    label: str
    draft: SongDraft | None = None
    location: str = ""
    problem: str = ""


@dataclass(frozen=True)
class SongList:
    """A named list; `name` may be empty."""

    name: str
    entries: Sequence[Entry]
