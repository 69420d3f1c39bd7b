"""A launcher in a process of its own, as a person at a terminal has it."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import psutil
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from config import Settings, read_settings
from scripts.supervision.redis_server import find_redis_server
from tests.waiting import wait_until

PROJECT = Path(__file__).resolve().parents[2]
LAUNCH = "tests.ops.standins.launch"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """What a launcher may know: none of the settings that whoever runs the tests has."""
    known = {"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), "WORKERS": "2"}
    return known | settings


class Launcher:
    """Started with stand-ins; the tests read what it prints instead of waiting."""

    def __init__(self, data_dir: Path, *arguments: str, **settings: str) -> None:
        self.environ = environment(data_dir, **({"PORT": str(free_port())} | settings))
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", LAUNCH, *(arguments or ("0",))],
            cwd=PROJECT,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @property
    def settings(self) -> Settings:
        return read_settings(self.environ)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Read on until a line fits."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if match := re.search(pattern, line):
                return match
        raise AssertionError(f"the launcher ended before it said {pattern!r}:\n" + "\n".join(self.lines))

    def family(self) -> list[psutil.Process]:
        """Every process that runs below the launcher."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def named(self, name: str) -> psutil.Process:
        """The first process whose command line speaks of `name`."""
        return next(p for p in self.family() if any(name in word for word in p.cmdline()))

    def redis(self) -> Redis:
        """A patient client of the embedded server: it waits up to ten seconds for one that restarts."""
        patience = Retry(ConstantBackoff(0.1), 100, supported_errors=(RedisConnectionError, OSError))
        return Redis(unix_socket_path=str(self.settings.embedded_redis_socket), retry=patience)

    def stop(self, with_signal: signal.Signals = signal.SIGINT) -> int:
        """Ask for the end, read the rest, answer the exit code."""
        self.process.send_signal(with_signal)
        return self.end()

    def end(self) -> int:
        """Read to the end, answer the exit code."""
        rest, _ = self.process.communicate()
        self.lines += rest.splitlines()
        return self.process.returncode

    def close(self) -> None:
        """For the end of a test, however it went."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


class OwnRedis:
    """A server as somebody else would run it. `options` are those of redis-server, with `_` for `-`."""

    def __init__(self, folder: Path, options: Mapping[str, str]) -> None:
        self._socket = Path(tempfile.gettempdir()) / f"backbeat-test-{uuid4().hex}.sock"
        given = {"port": "0", "unixsocket": str(self._socket), "dir": str(folder), "save": ""} | dict(options)
        words = [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", value)]
        self._process = subprocess.Popen([find_redis_server(folder).program, *words], stdout=subprocess.DEVNULL)
        wait_until(self._socket.exists, "the server listens")
        self.url = f"unix://{self._socket}"

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
