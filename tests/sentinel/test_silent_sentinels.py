"""Sentinels that are silent cost one wait for all of them, and are asked last the next time."""

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

import clock
import sentinels
from sentinels import MasterFinder, parse_sentinel_url


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which sentinels were asked, in turn; each one but the last is silent for its quarter of a second."""
    asked: list[str] = []

    def ask(sentinel: Redis, _service: str) -> tuple[str, int]:
        asked.append(str(sentinel.connection_pool.connection_kwargs["host"]))
        if asked[-1] != "last":
            raise RedisTimeoutError("Nobody answers.")
        return "master", 6379

    monkeypatch.setattr(Redis, "sentinel_get_master_addr_by_name", ask)
    monkeypatch.setattr(clock, "monotonic", lambda: 100.0 + len(asked) * sentinels.SENTINEL_SECONDS)
    return asked


@pytest.fixture
def finder() -> MasterFinder:
    return MasterFinder(parse_sentinel_url("redis+sentinel://one,two,three,last/main"))


def test_it_does_not_wait_for_each_of_them(finder: MasterFinder, asked: list[str]) -> None:
    with pytest.raises(RedisConnectionError, match="No sentinel names a master"):
        finder.address()
    assert asked == ["one", "two"]


def test_those_that_were_not_asked_are_the_first_the_next_time(finder: MasterFinder, asked: list[str]) -> None:
    with pytest.raises(RedisConnectionError):
        finder.address()
    assert finder.address() == ("master", 6379)
    assert asked[2:] == ["three", "last"]


def test_who_knew_it_is_asked_first_from_then_on(asked: list[str]) -> None:
    finder = MasterFinder(parse_sentinel_url("redis+sentinel://one,last/main"))
    finder.address()
    finder.address()
    assert asked == ["one", "last", "last"]
