"""Counting as far as it is cheap."""

import pytest
from flask import Flask
from redis.exceptions import ConnectionError as RedisConnectionError

from services.fleet import depths
from services.fleet.queues import queue_status
from services.jobs.submit import submit
from store.queue_counts import QueueCounts


@pytest.fixture(autouse=True)
def _small_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depths, "CAP", 3)


def _submit(number: int) -> None:
    for _ in range(number):
        submit("import_media")


def _high() -> tuple[int, list[str]]:
    high = next(queue for queue in queue_status() if queue["name"] == "high")
    return high["queued"], high["at_least"]


def test_it_counts_exactly_up_to_the_cap(app: Flask) -> None:
    _submit(3)
    assert _high() == (3, [])


def test_it_says_at_least_beyond_it(app: Flask) -> None:
    _submit(5)
    assert _high() == (3, ["queued"])


def test_the_janitor_counts_what_pages_cannot(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("clock.monotonic", lambda: now[0])
    janitor = depths.ExactCounts()
    _submit(5)
    janitor.keep()
    assert _high() == (5, [])
    _submit(1)
    janitor.keep()
    assert _high() == (5, [])  # it has just counted
    now[0] += depths.EXACT_EVERY_SECONDS
    janitor.keep()
    assert _high() == (6, [])


def test_the_janitor_leaves_no_counts_where_pages_count_themselves(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[object] = []
    monkeypatch.setattr(QueueCounts, "write", lambda _self, counts: written.append(counts))
    _submit(3)
    depths.ExactCounts().keep()
    assert written == []


def test_it_says_at_least_without_redis(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_self: object) -> None:
        raise RedisConnectionError("away")

    monkeypatch.setattr(QueueCounts, "read", away)
    _submit(5)
    assert depths.read_depths().counts["high", "queued"] == 3
