"""While Redis is away each process keeps the limits by itself, and counts with the others again once it is back."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError

from errors import TooManyRequests
from extensions import redis
from scripts.supervision.redis_server import find_redis_server
from services.access import limits
from tests.access.conftest import ADDRESS
from tests.waiting import wait_until


class OwnServer:
    def __init__(self, folder: Path) -> None:
        program = str(find_redis_server(folder).program)
        self._command = [program, "--port", "0", "--unixsocket", str(folder / "redis.sock"), "--save", ""]
        self.url = f"unix://{folder / 'redis.sock'}"
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        client = Redis.from_url(self.url)
        wait_until(lambda: _answers(client), "Redis answers")
        client.close()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    folder = tmp_path_factory.mktemp("r")
    server = OwnServer(folder)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def settings_overrides(server: OwnServer) -> dict[str, Any]:
    return {"redis_url": server.url}


def _tries_until_refused() -> int:
    for number in range(100):
        try:
            limits.check_sign_in("Ada", ADDRESS)
        except TooManyRequests:
            return number
    raise AssertionError("never refused")


@pytest.mark.usefixtures("app")
def test_it_counts_alone_while_redis_is_away_and_in_common_after_that(server: OwnServer) -> None:
    assert _tries_until_refused() == 5
    server.stop()
    assert _tries_until_refused() == 5
    server.start()
    wait_until(lambda: _answers(redis.client), "the breaker closes")
    assert _tries_until_refused() == 5
