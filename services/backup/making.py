"""Make a backup while everything runs."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import clock
from clients.storage import Storage
from config import Settings
from errors import NotFound
from services.backup import archive
from services.backup.archive import Manifest, Writer
from services.backup.databases import database_of
from version import APP_VERSION

# Of DATA_DIR, beside the database and the uploads. What is Redis's is not wanted, nor what lives for one run only.
SMALL_FILES = ("secret_key", "sample_library_loaded")


@dataclass(frozen=True, slots=True)
class Made:
    """`gone` is how many files were removed while they were to be copied."""

    files: int
    gone: int
    manifest: Manifest


def make(settings: Settings, file: Path, *, with_media: bool) -> Made:
    """Write a backup to `file`.

    The database comes before the media: whatever file it names is there by then, and is still there when the files are
    copied, unless somebody has deleted it since. Uploads are held from before: they go when their import ends, and
    in the copy of the database that may be still to come.

    :raise BackupError: if the database cannot be copied. :raise StorageAway: if the storage does not answer.
    """
    database = database_of(settings)
    with (
        tempfile.TemporaryDirectory(prefix=".backbeat-backup-", dir=file.absolute().parent) as scratch,
        tempfile.TemporaryDirectory(prefix="backing-up-", dir=settings.data_dir) as held,
    ):
        _hold_uploads(settings, Path(held))
        dump = Path(scratch) / "database"
        database.dump(dump)
        manifest = Manifest(
            version=APP_VERSION,
            made_at=clock.now(),
            database=database.kind,
            revision=database.revision(),
            has_secret_key=(settings.data_dir / "secret_key").exists(),
            has_media=with_media,
        )
        with archive.writing(file, manifest) as writer:
            writer.add(archive.DATABASE, dump)
            outcomes = [
                *_add_files(writer, settings, Path(held)),
                *(_add_media(writer, settings, scratch) if with_media else ()),
            ]
    return Made(files=sum(outcomes), gone=len(outcomes) - sum(outcomes), manifest=manifest)


def _hold_uploads(settings: Settings, held: Path) -> None:
    for name in _files_in(settings.uploads_dir):
        target = held / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(settings.uploads_dir / name, target)
        except FileNotFoundError:  # its import has just ended
            continue
        except OSError:  # another file system, or one without hard links
            with suppress(FileNotFoundError):
                shutil.copy2(settings.uploads_dir / name, target)


def _files_in(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def _add_files(writer: Writer, settings: Settings, held: Path) -> Iterator[bool]:
    """For each file whether it was still there."""
    for name in SMALL_FILES:
        if (settings.data_dir / name).exists():
            yield _add(writer, f"{archive.DATA}/{name}", settings.data_dir / name)
    for path in sorted(_files_in(settings.uploads_dir) | _files_in(held)):
        name = f"{archive.UPLOADS}/{path.as_posix()}"
        yield _add(writer, name, settings.uploads_dir / path) or _add(writer, name, held / path)


def _add_media(writer: Writer, settings: Settings, scratch: str) -> Iterator[bool]:
    storage = Storage.of(settings)
    for key in storage.list():
        try:
            with storage.local_copy(key, within=Path(scratch)) as path:
                yield _add(writer, f"{archive.MEDIA}/{key}", path)
        except NotFound:
            yield False


def _add(writer: Writer, name: str, path: Path) -> bool:
    try:
        writer.add(name, path)
    except FileNotFoundError:  # an upload that has ended, a clip that was deleted
        return False
    return True
