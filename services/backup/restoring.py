"""Start another Backbeat from a backup: into an empty DATA_DIR, an empty database and an empty storage."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

from alembic.script import ScriptDirectory
from alembic.util import CommandError

from clients.storage import Storage
from config import Settings
from services.backup import archive
from services.backup.archive import Manifest, Reader
from services.backup.databases import Database, database_of
from services.backup.errors import BackupError
from services.backup.making import SMALL_FILES
from services.schema import MIGRATIONS


def restore(settings: Settings, file: Path) -> Manifest:
    """Bring back what a backup holds, the database last: what was not restored whole does not start.

    :raise BackupError: if it is of another kind of database or of a newer version, cannot be read, or would be mixed
        with what is there.
    """
    database = database_of(settings)
    with archive.reading(file) as reader:
        _check(reader.manifest, database)
        _refuse_to_mix(settings, database, with_media=reader.manifest.has_media)
        with tempfile.TemporaryDirectory(prefix="restoring-", dir=settings.data_dir) as scratch:
            _restore_files(reader, settings, Path(scratch))
            database.load(Path(scratch) / archive.DATABASE)
    return reader.manifest


def _check(manifest: Manifest, database: Database) -> None:
    if manifest.database != database.kind:
        raise BackupError(
            f"The backup is of {manifest.database}, and DATABASE_URL names a database of {database.kind}; "
            f"set it to one of {manifest.database}."
        )
    try:
        ScriptDirectory(str(MIGRATIONS)).get_revision(manifest.revision)
    except CommandError as e:
        raise BackupError(
            f"The backup was made by Backbeat {manifest.version}, which is newer than this; restore it with that."
        ) from e


def _refuse_to_mix(settings: Settings, database: Database, *, with_media: bool) -> None:
    if not database.is_empty():
        raise BackupError(
            "DATABASE_URL names a database that is not empty, or files of one are left (-wal, -shm, -journal); "
            "name an empty one (another DATA_DIR does)."
        )
    taken = [name for name in SMALL_FILES if (settings.data_dir / name).exists()]
    taken += ["uploads"] if settings.uploads_dir.is_dir() and any(settings.uploads_dir.iterdir()) else []
    if taken:
        raise BackupError(f"DATA_DIR={str(settings.data_dir)!r} has {', '.join(taken)} already; name an empty folder.")
    if with_media and Storage.of(settings).list():
        raise BackupError("STORAGE_URL names a storage that has files already; name an empty one.")


def _restore_files(reader: Reader, settings: Settings, scratch: Path) -> None:
    storage = Storage.of(settings)
    for name, content, changed_at in reader.files():
        part, _, rest = name.partition("/")
        if part == archive.MEDIA:
            _write(scratch / "file", content, changed_at)
            storage.put(rest, scratch / "file", may_link=True)
            (scratch / "file").unlink()
        elif part == archive.DATABASE:
            _write(scratch / archive.DATABASE, content, changed_at)
        else:
            folder = settings.uploads_dir if part == archive.UPLOADS else settings.data_dir
            _write(folder / rest, content, changed_at)


def _write(target: Path, content: IO[bytes], changed_at: float) -> None:
    """A file that only its owner can read, changed when it was."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(content, file, 1024 * 1024)
    os.utime(target, (changed_at, changed_at))
