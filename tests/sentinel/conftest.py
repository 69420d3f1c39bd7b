from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.sentinel import Watched, redis_behind_sentinels


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """A master, a replica and two sentinels, all of them this test's own."""
    with redis_behind_sentinels(tmp_path / "redis", sentinels=2) as made:
        yield made


@pytest.fixture
def empty_redis(watched: Watched) -> str:
    """What the app is made with."""
    return watched.url
