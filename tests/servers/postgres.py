"""A real PostgreSQL for the tests: started on a unix socket, thrown away after."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import (
    Connection,
    Engine,
    MetaData,
    Table,
    delete,
    exists,
    func,
    inspect,
    literal,
    select,
    text,
    union_all,
)

PROGRAMS = "/usr/lib/postgresql"


def _program(name: str) -> str:
    """:raise FileNotFoundError: saying what to install."""
    for folder in sorted(Path(PROGRAMS).glob("*/bin"), reverse=True):
        if (folder / name).exists():
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} was not found; install PostgreSQL (Debian: apt-get install postgresql).")
    return found


def _command(arguments: Sequence[str]) -> list[str]:
    """PostgreSQL refuses to run as root, so root hands it to the user that its package made."""
    return ["runuser", "-u", "postgres", "--", *arguments] if os.getuid() == 0 else list(arguments)


@contextmanager
def postgres() -> Iterator[str]:
    """The SQLAlchemy address of an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="backbeat-pg-", dir="/tmp"))
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    if os.getuid() == 0:
        shutil.chown(folder, user)
    data = folder / "data"
    # A server that nobody will miss need not be able to survive its machine.
    reckless = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} {reckless}"
    try:
        _run(
            _program("initdb"),
            "-D",
            str(data),
            "-A",
            "trust",
            "-U",
            user,
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        _run(_program("pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        yield f"postgresql+psycopg://{user}@/postgres?host={folder}"
    finally:
        if data.exists():
            _run(_program("pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def empty(engine: Engine, metadata: MetaData) -> None:
    """Take every row out, in a tenth of the time of a TRUNCATE of all tables: few of them have any."""
    kept = set(inspect(engine).get_table_names())  # a test may have dropped some, and db.create_all() brings them back
    tables = [table for table in metadata.sorted_tables if table.name in kept]
    if not tables:
        return
    filled = union_all(*(select(literal(table.name)).where(exists(select(1).select_from(table))) for table in tables))
    with engine.begin() as connection:
        names = set(connection.scalars(filled))
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))  # which a test of migrations has left
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no foreign key is looked at
        for table in (table for table in tables if table.name in names):
            connection.execute(delete(table))
            _count_from_one(connection, table)


def _count_from_one(connection: Connection, table: Table) -> None:
    column = table.autoincrement_column
    if column is not None:
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(select(func.setval(sequence, 1, False)))


def _run(*arguments: str) -> None:
    subprocess.run(_command(arguments), check=True, stdout=subprocess.DEVNULL, cwd="/tmp", timeout=60)
