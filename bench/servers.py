"""Servers for a benchmark, thrown away after it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from redis import Redis
from redis.exceptions import RedisError

from scripts.supervision.redis_server import find_redis_server

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="backbeat-bench-") as name:
        yield Path(name)


@contextmanager
def redis_server(where: Path) -> Iterator[str]:
    """The address of a real Redis-compatible server on a unix socket, append-only file on, as `make run` has it."""
    socket = where / "redis.sock"
    program = find_redis_server(where).program
    options = ("--port", "0", "--unixsocket", str(socket), "--dir", str(where), "--appendonly", "yes")
    with process([str(program), *options], {}):
        url = f"unix://{socket}"
        wait_for(lambda: _answers(url))
        yield url


def _answers(url: str) -> bool:
    try:
        with Redis.from_url(url) as client:
            return bool(client.ping())
    except RedisError:
        return False


@contextmanager
def process(command: Sequence[str], environ: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is told to end with the block, and made to if it takes its time."""
    running = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(30)
        except subprocess.TimeoutExpired:
            print(f"{' '.join(command[:3])} … did not end within 30 s; it is killed.", file=sys.stderr)
            running.kill()
            running.wait()


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def wait_for(happens: Callable[[], object], within_seconds: float = 120.0) -> None:
    """:raise TimeoutError: if it does not happen in time."""
    deadline = time.monotonic() + within_seconds
    while not happens():
        if time.monotonic() > deadline:
            raise TimeoutError("a part of the benchmark did not come up or did not end")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=30).status_code == 200
    except httpx.TransportError:
        return False
