"""The proxy that faults are made with does what its moods say."""

import gc
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, TimeoutError
from redis.retry import Retry

from tests.faults.chaos import BLACK_HOLE, CUT, DROP_AFTER_EXEC, PASS, REFUSE, ChaosProxy, once, slow

pytestmark = pytest.mark.backend("socket")


@pytest.fixture(params=["tcp", "unix"])
def proxy(request: pytest.FixtureRequest, empty_redis: str, tmp_path: Path) -> Iterator[ChaosProxy]:
    listen = "127.0.0.1:0" if request.param == "tcp" else tmp_path / "chaos.sock"
    with ChaosProxy(empty_redis.removeprefix("unix://"), listen) as made:
        yield made


@pytest.fixture
def redis(proxy: ChaosProxy) -> Iterator[Redis]:
    url = f"unix://{proxy.address}" if "/" in proxy.address else f"redis://{proxy.address}"
    with Redis.from_url(url, socket_timeout=0.2, retry=Retry(NoBackoff(), 0)) as client:
        yield client


def test_it_passes_everything_on_by_default(redis: Redis) -> None:
    redis.set("long", "x" * 1_000_000)
    assert redis.strlen("long") == 1_000_000
    assert redis.get("long") == b"x" * 1_000_000


def test_it_refuses_and_takes_in_again_at_the_same_address(proxy: ChaosProxy, redis: Redis) -> None:
    assert redis.ping()
    proxy.mood = REFUSE
    with pytest.raises(RedisConnectionError):
        redis.ping()
    proxy.mood = PASS
    assert redis.ping()


def test_it_swallows_everything_as_a_black_hole(proxy: ChaosProxy, redis: Redis) -> None:
    assert redis.ping()
    proxy.mood = BLACK_HOLE
    with pytest.raises(TimeoutError):
        redis.ping()


def test_it_delays_each_reply_when_slow(proxy: ChaosProxy, redis: Redis) -> None:
    assert redis.ping()
    proxy.mood = slow(delay_seconds=0.1)
    begun = time.monotonic()
    assert redis.ping()
    assert time.monotonic() - begun >= 0.1


def test_it_drips_a_long_reply_when_slow(proxy: ChaosProxy, redis: Redis) -> None:
    redis.set("long", "x" * 2000)
    proxy.mood = slow(bytes_per_second=10_000)
    begun = time.monotonic()
    assert redis.get("long") == b"x" * 2000
    assert time.monotonic() - begun >= 0.19


def test_it_cuts_in_the_middle_of_one_reply(proxy: ChaosProxy, redis: Redis) -> None:
    redis.set("word", "backbeat")
    proxy.mood = once(CUT)
    with pytest.raises(RedisError):
        redis.get("word")
    assert redis.get("word") == b"backbeat"
    assert proxy.harmed == 1


def test_it_loses_the_reply_of_a_transaction_that_took_place(proxy: ChaosProxy, redis: Redis) -> None:
    proxy.mood = once(DROP_AFTER_EXEC)
    pipeline = redis.pipeline()
    pipeline.incr("count")
    with pytest.raises(RedisConnectionError):
        pipeline.execute()
    assert redis.get("count") == b"1"


def test_it_loses_the_reply_of_a_script_that_took_place(proxy: ChaosProxy, redis: Redis) -> None:
    proxy.mood = once(DROP_AFTER_EXEC)
    with pytest.raises(RedisConnectionError):
        redis.eval("return redis.call('INCR', KEYS[1])", 1, "count")
    assert redis.get("count") == b"1"


def test_it_closes_connections_that_came_in_as_it_ended(empty_redis: str, tmp_path: Path) -> None:
    for at in range(30):
        listen = str(tmp_path / f"{at}.sock")
        with ExitStack() as clients, ChaosProxy(empty_redis.removeprefix("unix://"), listen):
            for _ in range(20):
                clients.enter_context(socket.socket(socket.AF_UNIX)).connect(listen)
    gc.collect()  # an unclosed transport warns as it is collected, and a warning fails the test
