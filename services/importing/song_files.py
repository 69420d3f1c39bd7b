"""The first part of an import: audio and lyrics files, in groups, and files of no use."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy.orm import Session

from services.importing import signatures
from services.importing.bundles import FileRead, read_bundle
from services.importing.incoming import IncomingFile, Refused
from services.importing.kinds import AUDIO_SUFFIXES, LYRICS_SUFFIXES, PLAYLIST_SUFFIXES
from services.importing.plan import Bundle
from services.importing.reading import read_head
from services.importing.report import Item
from services.importing.run import Run

BUNDLES_PER_TRANSACTION = 20

_SUPPORTED = ", ".join((*AUDIO_SUFFIXES, *LYRICS_SUFFIXES, *PLAYLIST_SUFFIXES))


def import_songs(run: Run, bundles: Sequence[Bundle]) -> None:
    """Read bundles one at a time, and save them in groups."""
    for start in range(0, len(bundles), BUNDLES_PER_TRANSACTION):
        group = bundles[start : start + BUNDLES_PER_TRANSACTION]
        reads = [read for bundle in group for read in _read(run, bundle)]
        if reads:
            run.save(partial(_save, run, reads))
        _index(run, group)


def refuse_others(run: Run, files: Sequence[IncomingFile]) -> None:
    """Refuse the files whose names end like nothing that can be imported."""
    new = [file for file in files if not run.ledger.knows(file.name)]
    if new:
        run.save(lambda _: [_refused(FileRead(file.name, None, refusal=_reason(file))) for file in new])
    run.work.progress.advance(len(files))


def _read(run: Run, bundle: Bundle) -> list[FileRead]:
    run.work.checkpoint()
    reads = []
    if not all(run.ledger.knows(file.name) for file in bundle.files):
        run.work.progress.message(f"Reading {bundle.files[0].name}")
        reads = read_bundle(bundle, max_audio_bytes=run.max_audio_bytes)
    run.work.progress.advance(len(bundle.files))
    return reads


def _save(run: Run, reads: Sequence[FileRead], session: Session) -> list[Item]:
    items: dict[str, Item] = {}
    for read in reads:
        if read.draft is not None:
            items[read.name] = run.upsert(session, read.name, read.kind or "song", read.draft)
        elif read.part_of:
            items[read.name] = _part(read, items[read.part_of])
        else:
            items[read.name] = _refused(read)
    return list(items.values())


def _part(read: FileRead, whole: Item) -> Item:
    reason = whole.reason if whole.outcome == "refused" else ""
    return Item(read.name, whole.outcome, read.kind, whole.code, reason, song_id=whole.song_id, part_of=read.part_of)


def _refused(read: FileRead) -> Item:
    refusal = read.refusal
    if refusal is None:
        raise ValueError(f"{read.name!r} was neither read nor refused")
    return Item(read.name, "refused", read.kind, code=refusal.code, reason=refusal.message)


def _reason(file: IncomingFile) -> Refused:
    try:
        found = signatures.describe(read_head(file, max_bytes=2**63))
    except Refused as refusal:
        return refusal
    if found and found.endswith(" archive"):
        return Refused("archive", f"“{file.name}” is {found}: unpack it, and import the files in it.")
    return Refused("unsupported", f"“{file.name}” cannot be imported: these can be: {_SUPPORTED}.")


def _index(run: Run, bundles: Sequence[Bundle]) -> None:
    """Let playlists find the songs by the names of their files."""
    for bundle in bundles:
        for file in bundle.files:
            song_id = run.ledger.song_of(file.name)
            if song_id is not None:
                run.index.add(file.name, song_id)
