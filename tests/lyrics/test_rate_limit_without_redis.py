"""While Redis is away each process limits itself."""

import logging
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from errors import TransientError
from store.rate_limit import LocalRateLimit, RateLimit


class Monotonic:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_it_is_never_unlimited(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    nowhere = Redis(unix_socket_path=str(tmp_path / "nobody.sock"), retry=Retry(NoBackoff(), 0))
    limit = RateLimit(nowhere, "key", 0.001, burst=10)
    with caplog.at_level(logging.WARNING), pytest.raises(TransientError, match="Too many look-ups"):
        limit.reserve()
    assert "this process does alone" in caplog.text


def test_it_spaces_turns_evenly() -> None:
    now = Monotonic()
    limit = LocalRateLimit(2.0, 5.0, monotonic=now)
    assert [limit.reserve(), limit.reserve()] == [2.0, 4.0]
    now.seconds += 1.0
    assert limit.reserve() == 5.0


def test_it_refuses_a_long_wait_and_reserves_nothing() -> None:
    now = Monotonic()
    limit = LocalRateLimit(2.0, 3.0, monotonic=now)
    limit.reserve()
    for _ in range(3):
        with pytest.raises(TransientError) as caught:
            limit.reserve()
        assert caught.value.retry_after_seconds == 4.0


def test_it_saves_no_turns_up_while_idle() -> None:
    now = Monotonic()
    limit = LocalRateLimit(2.0, 5.0, monotonic=now)
    now.seconds += 3600.0
    assert [limit.reserve(), limit.reserve()] == [0.0, 2.0]
