"""The second part of an import: the entries of playlist files become songs, then the playlists are made."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.importing.incoming import IncomingFile, Refused
from services.importing.lists import Entry, read_list
from services.importing.report import Item
from services.importing.run import Run
from services.library.playlists import song_ids_of, upsert_playlist
from services.library.text import NAME_MAX_CHARS

ENTRIES_PER_TRANSACTION = 100


@dataclass(frozen=True)
class ReadyList:
    """A playlist file whose songs are all in the library."""

    file_name: str
    name: str
    song_ids: Sequence[int]
    entry_count: int


def count_entries(run: Run, file: IncomingFile) -> int:
    """How many entries a playlist file has; 1 where it will be refused, or was dealt with before.

    It is read for this alone and once more to be imported, so that no two are in memory at once.
    """
    run.work.checkpoint()
    try:
        return 1 if run.ledger.knows(file.name) else len(read_list(file).entries)
    except Refused:
        return 1


def import_entries(run: Run, file: IncomingFile) -> ReadyList | None:
    """Turn the entries of a playlist file into songs; most are in the batch or the library already.

    None for a file that is refused, or was dealt with before.
    """
    if run.ledger.knows(file.name):
        run.work.progress.advance()
        return None
    run.work.progress.message(f"Reading {file.name}")
    try:
        found = read_list(file)
    except Refused as e:
        item = Item(file.name, "refused", "playlist", code=e.code, reason=e.message)
        run.save(lambda _: [item])
        run.work.progress.advance()
        return None
    song_ids: list[int] = []
    for start in range(0, len(found.entries), ENTRIES_PER_TRANSACTION):
        run.work.checkpoint()
        entries = found.entries[start : start + ENTRIES_PER_TRANSACTION]
        song_ids += _import_some(run, file.name, entries)
        run.work.progress.advance(len(entries))
    return ReadyList(file.name, found.name, song_ids, len(found.entries))


def save_playlist(run: Run, ready: ReadyList) -> None:
    """Make or renew a playlist."""
    run.work.checkpoint()
    run.work.progress.message(f"Saving {ready.name}")
    run.save(lambda session: [_save(run, session, ready)])
    run.work.progress.advance()


def _import_some(run: Run, file_name: str, entries: Sequence[Entry]) -> list[int]:
    """The songs of some entries, in order; what is found in the batch needs no transaction."""
    found = {entry.label: run.index.find(file_name, entry.location) for entry in entries}
    missing = [entry for entry in entries if found[entry.label] is None]
    if missing:
        items: dict[str, Item] = {}

        def effects(session: Session) -> list[Item]:
            items.update((entry.label, _import_one(run, session, file_name, entry)) for entry in missing)
            return _worth_telling(run, list(items.values()))

        run.save(effects)
        found |= {label: item.song_id for label, item in items.items()}
    return [song_id for song_id in found.values() if song_id is not None]


def _import_one(run: Run, session: Session, file_name: str, entry: Entry) -> Item:
    name = f"{file_name}: {entry.label}"
    if entry.draft is None:
        return Item(
            name, "refused", "song", code="bad_entry", reason=f"“{file_name}”, {entry.label}: it {entry.problem}."
        )
    return run.upsert(session, name, "song", entry.draft)


def _worth_telling(run: Run, items: Sequence[Item]) -> list[Item]:
    """Items without those of an earlier run, and without songs that this import has told of already."""
    told: set[int | None] = set()
    new = []
    for item in items:
        repeated = item.song_id is not None and (item.song_id in told or run.ledger.has_touched(item.song_id))
        if not run.ledger.knows(item.name) and not (repeated and item.outcome == "existing"):
            new.append(item)
        told.add(item.song_id)
    return new


def _save(run: Run, session: Session, ready: ReadyList) -> Item:
    if not ready.song_ids:
        reason = f"“{ready.file_name}” holds no songs that could be taken in."
        return Item(ready.file_name, "refused", "playlist", code="no_songs", reason=reason)
    name = _free_name(run, session, ready)
    playlist_id, outcome = upsert_playlist(session, run.owner_id, name, ready.song_ids)
    left_out = ready.entry_count - len(ready.song_ids)
    reason = f"{left_out:,} of {ready.entry_count:,} entries were left out." if left_out else ""
    return Item(ready.file_name, outcome, "playlist", reason=reason, playlist_id=playlist_id, playlist_name=name)


def _free_name(run: Run, session: Session, ready: ReadyList) -> str:
    """The list's name, numbered if another file of this batch has taken it for other songs."""
    name, number = ready.name, 2
    while name in run.ledger.playlist_ids:
        if song_ids_of(session, run.ledger.playlist_ids[name]) == list(ready.song_ids):
            return name
        ending = f" ({number})"
        name, number = ready.name[: NAME_MAX_CHARS - len(ending)] + ending, number + 1
    return name
