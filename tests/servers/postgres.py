"""A real PostgreSQL for the tests: started on a unix socket, thrown away after."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

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
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    try:
        _run(_program("initdb"), "-D", str(data), "-A", "trust", "-U", user, "-E", "UTF8", "--locale=C.UTF-8")
        _run(_program("pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        yield f"postgresql+psycopg://{user}@/postgres?host={folder}"
    finally:
        if data.exists():
            _run(_program("pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _run(*arguments: str) -> None:
    subprocess.run(_command(arguments), check=True, stdout=subprocess.DEVNULL, cwd="/tmp", timeout=60)
