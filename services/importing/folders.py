"""Imports files and folders of this machine, outside any job."""

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy.orm import Session

from extensions import transaction
from services.importing.importer import import_batch
from services.importing.incoming import IncomingFile, Progress
from services.importing.kinds import DEFAULT_MAX_AUDIO_BYTES, is_litter
from services.importing.report import ImportReport


class SilentProgress:
    """Tells nobody."""

    def step(self, name: str, total: int | None = None) -> None:
        pass

    def advance(self, n: int = 1) -> None:
        pass

    def message(self, text: str) -> None:
        pass


class PlainWork:
    """An import that nobody else runs, and nothing but an interrupt stops."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def checkpoint(self) -> None:
        pass

    def saving(self) -> AbstractContextManager[Session]:
        return transaction()


def import_paths(
    owner_id: int,
    paths: Sequence[Path],
    *,
    progress: Progress | None = None,
    max_audio_bytes: int = DEFAULT_MAX_AUDIO_BYTES,
) -> ImportReport:
    """Import files, and all that is in folders; hidden files are left out."""
    work = PlainWork(progress or SilentProgress())
    return import_batch(owner_id, files_in(paths), work, max_audio_bytes=max_audio_bytes)


def files_in(paths: Sequence[Path]) -> list[IncomingFile]:
    """The files that `paths` name or hold, each named by its path from there on, in an order that does not change."""
    return [found for path in paths for found in _files_of(path)]


def _files_of(path: Path) -> Iterator[IncomingFile]:
    if not path.is_dir():
        yield IncomingFile(path.name, path)
        return
    for folder, subfolders, names in os.walk(path):
        subfolders[:] = sorted(name for name in subfolders if not is_litter(name))
        for name in sorted(names):
            file = Path(folder) / name
            if not is_litter(name):
                yield IncomingFile(file.relative_to(path).as_posix(), file)
