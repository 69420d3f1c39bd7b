"""What a playlist file says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from services.importing.incoming import Refused
from services.importing.kinds import MAX_PLAYLIST_ENTRIES
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


def collect(entries: Iterable[Entry], source: str) -> list[Entry]:
    """All entries of the file of that name; no more are made than may be.

    :raise Refused: if there are more than `MAX_PLAYLIST_ENTRIES`.
    """
    found = list(islice(entries, MAX_PLAYLIST_ENTRIES + 1))
    if len(found) > MAX_PLAYLIST_ENTRIES:
        raise Refused("too_many_entries", f"“{source}” holds more than {MAX_PLAYLIST_ENTRIES:,} songs.")
    return found
