"""What became of each file of an import, and of all of them together."""

from dataclasses import dataclass, field
from typing import Any, Literal

from services.importing.kinds import Kind

MAX_REFUSED_SHOWN = 50
MAX_PLAYLISTS_SHOWN = 50
MAX_SONGS_SHOWN = 20


@dataclass(frozen=True)
class Item:
    """What became of one file, or of one entry of a playlist file.

    `part_of` is the audio file that a lyrics file belongs to: the two count as one.
    """

    name: str
    outcome: Literal["added", "updated", "existing", "refused"]
    kind: Kind | None
    code: str = ""
    reason: str = ""
    song_id: int | None = None
    playlist_id: int | None = None
    playlist_name: str = ""
    part_of: str = ""


@dataclass
class ImportReport:
    """The sums of an import. Songs are counted, and playlists apart from them; refusals are of files and entries."""

    added: int = 0
    updated: int = 0
    existing: int = 0
    refused: int = 0
    playlists: int = 0
    refusals: list[Item] = field(default_factory=list)  # the first of them
    playlist_items: list[Item] = field(default_factory=list)  # the first of them
    song_ids: list[int] = field(default_factory=list)  # the first of them

    def record(self, item: Item) -> None:
        """Take one more item in."""
        if item.outcome == "refused":
            self.refused += 1
            _keep(self.refusals, item, MAX_REFUSED_SHOWN)
        elif item.kind == "playlist":
            self.playlists += 1
            _keep(self.playlist_items, item, MAX_PLAYLISTS_SHOWN)
        elif not item.part_of:
            setattr(self, item.outcome, getattr(self, item.outcome) + 1)
            if item.song_id is not None and item.song_id not in self.song_ids:
                _keep(self.song_ids, item.song_id, MAX_SONGS_SHOWN)

    @property
    def everything_refused(self) -> bool:
        """Whether nothing at all was taken in."""
        return not (self.added or self.updated or self.existing or self.playlists)

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("added", "updated", "existing", "refused", "playlists")}

    def as_result(self) -> dict[str, Any]:
        """A small document for the job: the counts, and the first of each kind by name."""
        return {
            "counts": self.counts,
            "refused": [{"name": item.name, "code": item.code, "reason": item.reason} for item in self.refusals],
            "playlists": [{"id": item.playlist_id, "name": item.playlist_name} for item in self.playlist_items],
            "song_ids": list(self.song_ids),
        }


def _keep(kept: list[Any], new: Any, at_most: int) -> None:
    if len(kept) < at_most:
        kept.append(new)
