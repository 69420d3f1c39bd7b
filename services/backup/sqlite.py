"""SQLite's online backup: a whole copy of a database that others write to meanwhile."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from services.backup.errors import BackupError

# Beside a database's file: SQLite plays what it finds there into whatever database has that name.
LOGS = ("-wal", "-shm", "-journal")


class SqliteFile:
    """Never a copy of the file as it lies there: what was written last is in the log beside it."""

    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_empty(self) -> bool:
        """Whether nothing is there, nor a log of what once was."""
        logs = (self._path.with_name(self._path.name + ending) for ending in LOGS)
        return not any(path.exists() for path in (self._path, *logs))

    def revision(self) -> str:
        """The migration that it has come to.

        :raise BackupError: if there is no such database.
        """
        with closing(self._open()) as connection:
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])

    def dump(self, target: Path) -> None:
        """Copy it as it is at one instant; writers go on.

        :raise BackupError: if there is none, or the copy does not pass SQLite's own check.
        """
        with closing(self._open()) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)  # all pages in one step: by steps, each write of others would begin it anew
            found = copy.execute("PRAGMA quick_check").fetchone()[0]
        if found != "ok":
            raise BackupError(f"The copy of {self._path} is damaged ({found}): the database itself may be.")

    def load(self, source: Path) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f"{self._path.name}.restoring")
        shutil.copyfile(source, draft)
        draft.chmod(0o600)
        draft.replace(self._path)

    def _open(self) -> sqlite3.Connection:
        if not self._path.exists():
            raise BackupError(f"There is no database at {self._path}; set DATA_DIR or DATABASE_URL as Backbeat has it.")
        return sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=rw", uri=True, timeout=30)
