"""What must be so before anything is started; each failure is one line."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from config import ALL_ROLES, Settings
from errors import SettingsError

SHARED_BY_HOSTS = ("redis_url", "database_url", "secret_key")


def make_run_folder(settings: Settings) -> Path:
    """The folder for what lives only as long as one run: lock, configuration, logs."""
    folder = settings.data_dir / "run"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextmanager
def only_one(run_folder: Path) -> Iterator[None]:
    """Hold `DATA_DIR` for this process: the kernel lets go of it however the process ends.

    :raise SettingsError: if another Backbeat holds it.
    """
    with open(run_folder / "lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            lock.seek(0)
            raise SettingsError(
                f"DATA_DIR={str(run_folder.parent)!r} is in use by another Backbeat (process {lock.read().strip()}); "
                "stop that one, or set DATA_DIR to another folder."
            ) from e
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def check_shared(settings: Settings) -> None:
    """:raise SettingsError: if other hosts do a part of the work, and cannot know where this one keeps its own."""
    unset = [name.upper() for name in SHARED_BY_HOSTS if getattr(settings, name) is None]
    if unset and set(settings.roles) != set(ALL_ROLES):
        raise SettingsError(
            f"ROLES={','.join(settings.roles)!r} leaves {' and '.join(_left_out(settings))} to other hosts, so all of "
            f"them must be told the same {' and '.join(unset)}: set it here and there, or unset ROLES."
        )


def _left_out(settings: Settings) -> list[str]:
    return [role for role in ALL_ROLES if role not in settings.roles]


def check_port_is_free(settings: Settings) -> None:
    """:raise SettingsError: if a web server of this host could not listen where it is told to."""
    if "web" not in settings.roles:
        return
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as e:
            raise SettingsError(_why_not(e, settings)) from e


def _why_not(error: OSError, settings: Settings) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"PORT={settings.port} is taken by another program{_listener(settings.port)}; set PORT to another."
    if error.errno == errno.EACCES:
        return f"PORT={settings.port} is not allowed for this user; set PORT to one above 1023."
    return f"HOST={settings.host!r} cannot be listened on: {error.strerror}; set HOST to an address of this machine."


def _listener(port: int) -> str:
    """Who listens there, as ` (name, process 123)`; empty where the system does not tell us."""
    try:
        for connection in psutil.net_connections("tcp"):
            at_port = tuple(connection.laddr)[1:] == (port,)
            if at_port and connection.pid and connection.status == psutil.CONN_LISTEN:
                return f" ({psutil.Process(connection.pid).name()}, process {connection.pid})"
    except psutil.Error:
        return ""
    return ""
