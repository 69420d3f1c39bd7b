"""The file of a backup: a tar, with a manifest at its beginning and a mark at its end.

manifest.json   what is in it, and what it needs
database        SQLite's file, or pg_dump's custom format
data/…          small files of DATA_DIR: the key that signs sessions, and what was done once
uploads/…       files on their way in
media/…         the storage's files, by their keys
end             a tar that is cut between two files looks whole otherwise
"""

import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from services.backup.errors import BackupError

FORMAT = 1
MANIFEST, DATABASE, DATA, UPLOADS, MEDIA, END = "manifest.json", "database", "data", "uploads", "media", "end"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`revision` is the migration that the database has come to, `made_at` in seconds since the epoch."""

    version: str
    made_at: float
    database: str
    revision: str
    has_secret_key: bool
    has_media: bool
    format: int = FORMAT


class Writer:
    """Adds to an archive."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def add(self, name: str, path: Path) -> None:
        """A file as long as it is now: one that grows meanwhile is cut there.

        :raise FileNotFoundError: if it has gone.
        """
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            self._tar.addfile(_member(name, state.st_size, state.st_mtime), file)

    def add_bytes(self, name: str, content: bytes) -> None:
        self._tar.addfile(_member(name, len(content), 0), io.BytesIO(content))


def _member(name: str, size_bytes: int, changed_at: float) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size_bytes, int(changed_at), 0o600
    return member


@contextmanager
def writing(file: Path, manifest: Manifest) -> Iterator[Writer]:
    """A new archive, which only its owner can read; it gets its name once it is whole and on the disk."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
                writer = Writer(tar)
                writer.add_bytes(MANIFEST, json.dumps(asdict(manifest), indent=2).encode())
                yield writer
                writer.add_bytes(END, b"")
            raw.flush()
            os.fsync(raw.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


class Reader:
    """An archive from its beginning to its end, once."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.manifest = self._manifest()

    def _manifest(self) -> Manifest:
        first = self._tar.next()
        content = self._tar.extractfile(first) if first and first.name == MANIFEST and first.isreg() else None
        if content is None:
            raise BackupError("This is no backup of Backbeat's: it does not begin with a manifest.")
        fields = json.load(content)
        if fields.get("format") != FORMAT:
            raise BackupError(
                f"This backup has the format {fields.get('format')}, and this version reads {FORMAT}; "
                f"restore it with Backbeat {fields.get('version')}."
            )
        return Manifest(**fields)

    def files(self) -> Iterator[tuple[str, IO[bytes], float]]:
        """(name, content, changed at) of every file; each content is to be read before the next is asked for.

        :raise BackupError: if a name leads elsewhere, or the archive was cut.
        """
        while (member := self._tar.next()) is not None:
            if member.name == END:
                return
            content = self._tar.extractfile(member) if member.isreg() else None
            if content is None or not _leads_nowhere_else(member.name):
                raise BackupError(f"The backup holds {member.name!r}, which Backbeat does not put into backups.")
            yield member.name, content, float(member.mtime)
        raise BackupError("The backup is not whole: its end is missing. Copy it again, or take another one.")


def _leads_nowhere_else(name: str) -> bool:
    path = PurePosixPath(name)
    is_known = name == DATABASE or (len(path.parts) > 1 and path.parts[0] in {DATA, UPLOADS, MEDIA})
    return is_known and not path.is_absolute() and ".." not in path.parts


@contextmanager
def reading(file: Path) -> Iterator[Reader]:
    """:raise BackupError: if it cannot be read."""
    try:
        with tarfile.open(file, mode="r:") as tar:
            yield Reader(tar)
    except FileNotFoundError as e:
        raise BackupError(f"There is no file {e.filename}.") from e
    except tarfile.TarError as e:
        raise BackupError(f"{file} cannot be read as a backup ({e}); copy it again, or take another one.") from e
