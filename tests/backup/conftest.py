"""A Backbeat at work, and the commands that a person types beside it."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.ops.launching import PROJECT
from tests.servers.lrclib import LrclibServer

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def lrclib() -> Iterator[LrclibServer]:
    with LrclibServer() as server:
        yield server


@pytest.fixture
def command() -> Command:
    """Runs `python -m scripts.NAME` with the environment of a Backbeat."""

    def run(name: str, file: Path, environ: Mapping[str, str], *options: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-m", f"scripts.{name}", str(file), *options]
        return subprocess.run(words, cwd=PROJECT, env=dict(environ), capture_output=True, text=True)

    return run
