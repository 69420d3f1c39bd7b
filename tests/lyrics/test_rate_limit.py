"""All processes together keep one rate."""

import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from errors import TransientError
from store import keys
from store.rate_limit import RateLimit

KEY = keys.rate_limit("test")
# One turn in a quarter of an hour: no test lasts long enough to earn another.
SLOW_PER_SECOND = 0.001
ROOT = Path(__file__).parents[2]

RESERVE_MANY = """
import sys
from redis import Redis
from errors import TransientError
from store.rate_limit import RateLimit

redis = Redis(unix_socket_path=sys.argv[1])
limit = RateLimit(redis, sys.argv[2], float(sys.argv[3]), burst=10)
sys.stdin.readline()
granted = 0
for _ in range(50):
    try:
        limit.reserve()
        granted += 1
    except TransientError:
        pass
redis.close()
print(granted)
"""


def test_it_counts_two_processes_as_one(redis_socket: Path) -> None:
    command = [sys.executable, "-c", RESERVE_MANY, str(redis_socket), KEY, str(SLOW_PER_SECOND)]
    workers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in "ab"
    ]
    granted = [int(worker.communicate("go\n", timeout=60)[0]) for worker in workers]
    assert sum(granted) == 10


def test_it_lets_a_burst_through_and_spaces_the_rest(redis: Redis) -> None:
    limit = RateLimit(redis, KEY, 0.1, burst=2, longest_wait_seconds=25.0)
    waits = [limit.reserve() for _ in range(4)]
    assert waits[:2] == [0, 0]
    assert 8 < waits[2] <= 10
    assert 18 < waits[3] <= 20


def test_it_refuses_a_long_wait_and_reserves_nothing(redis: Redis) -> None:
    limit = RateLimit(redis, KEY, SLOW_PER_SECOND, burst=1)
    limit.reserve()
    before = redis.get(KEY)
    with pytest.raises(TransientError) as caught:
        limit.reserve()
    assert caught.value.retry_after_seconds == pytest.approx(1000, abs=60)
    assert redis.get(KEY) == before


def test_it_keeps_its_key_no_longer_than_needed(redis: Redis) -> None:
    RateLimit(redis, KEY, 0.1, burst=1).reserve()
    assert redis.keys() == [KEY.encode()]
    assert 8_000 < int(redis.pttl(KEY)) <= 10_000


def test_it_recovers_when_the_servers_clock_was_set_back(redis: Redis) -> None:
    seconds, _ = redis.time()
    redis.set(KEY, str(seconds + 86_400))
    assert RateLimit(redis, KEY, 1.0, burst=1).reserve() == 0


def test_it_keeps_limits_of_different_keys_apart(redis: Redis) -> None:
    waits = [RateLimit(redis, keys.rate_limit(name), SLOW_PER_SECOND, burst=1).reserve() for name in ("a", "b")]
    assert waits == [0, 0]
