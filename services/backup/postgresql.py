"""PostgreSQL's own programs, pg_dump and pg_restore: one snapshot, put back in one transaction."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from psycopg import Connection, connect
from sqlalchemy import URL

from services.backup.errors import BackupError


class PostgresDatabase:
    """The database that an address of SQLAlchemy's names."""

    kind = "postgresql"

    def __init__(self, url: URL) -> None:
        self._url = url

    def is_empty(self) -> bool:
        with closing(self._connect()) as connection:
            found = connection.execute(
                "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"
            ).fetchone()
        return found == (0,)

    def revision(self) -> str:
        """The migration that it has come to."""
        with closing(self._connect()) as connection:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(found[0]) if found else ""

    def dump(self, target: Path) -> None:
        """:raise BackupError: with what pg_dump said."""
        self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")

    def load(self, source: Path) -> None:
        """:raise BackupError: with what pg_restore said; the database is as it was then."""
        options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
        self._run("pg_restore", *options, str(source))

    def _connect(self) -> Connection:
        return connect(self._address(with_password=True), connect_timeout=5)

    def _address(self, *, with_password: bool = False, **more: str) -> str:
        url = self._url.set(drivername="postgresql").update_query_dict(more)
        if not with_password:
            url = URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)
        return url.render_as_string(hide_password=False)

    def _run(self, name: str, *options: str) -> None:
        program = shutil.which(name)
        if program is None:
            raise BackupError(f"{name} was not found; install PostgreSQL's client (Debian: postgresql-client).")
        with self._password_file() as passwords:
            command = (program, "--no-password", f"--dbname={self._address(passfile=str(passwords))}", *options)
            done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 - no shell; the address is our setting
        if done.returncode != 0:
            raise BackupError(f"{name} failed: {done.stderr.strip()}")

    @contextmanager
    def _password_file(self) -> Iterator[Path]:
        """libpq's file of passwords: what stands on a command line everybody on the machine can read."""
        password = str(self._url.password or "").replace("\\", "\\\\").replace(":", "\\:")
        with tempfile.NamedTemporaryFile("w", prefix="backbeat-") as file:  # mode 0600
            file.write(f"*:*:*:*:{password}\n")
            file.flush()
            yield Path(file.name)
