"""Which database is backed up."""

from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url

from config import Settings
from services.backup.errors import BackupError
from services.backup.postgresql import PostgresDatabase
from services.backup.sqlite import SqliteFile


class Database(Protocol):
    kind: str

    def is_empty(self) -> bool: ...

    def revision(self) -> str: ...

    def dump(self, target: Path) -> None: ...

    def load(self, source: Path) -> None: ...


def database_of(settings: Settings) -> Database:
    """:raise BackupError: if it is in memory only."""
    url = make_url(settings.sqlalchemy_url)
    if url.get_backend_name() != "sqlite":
        return PostgresDatabase(url)
    if not url.database or url.database == ":memory:":
        raise BackupError("A database in memory has no backups; set DATABASE_URL to a file.")
    return SqliteFile(Path(url.database))
