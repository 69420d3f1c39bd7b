"""A Backbeat in real processes, with an LRCLIB that takes its time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.lrclib import LrclibServer
from tests.stack import Stack, running


@pytest.fixture
def lrclib() -> Iterator[LrclibServer]:
    with LrclibServer() as server:
        yield server


@pytest.fixture
def stack(tmp_path: Path, lrclib: LrclibServer) -> Iterator[Stack]:
    with running(tmp_path / "data", LRCLIB_URL=lrclib.url, LRCLIB_REQUESTS_PER_SECOND="100") as started:
        yield started
