"""A web process that is asked too much says when to ask again."""

import random
from collections.abc import Callable

import pytest

from config import Settings
from services.jobs import pace, reads
from services.jobs.pace import MAX_PACE_MS, Pace, next_pace_ms
from tests.api.client import CheckedClient

CAPACITY = 150.0


@pytest.mark.parametrize(
    ("current_ms", "polls_per_second", "expected"),
    [
        (0, 0, "none"),
        (0, 150, "none"),
        (0, 151, "longer"),
        (5_000, 150, "same"),
        (5_000, 300, "longer"),
        (5_000, 75, "shorter"),
        (1_100, 1, "none"),
        (30_000, 10_000, "same"),  # there is a longest
        (30_000, 0, "shorter"),
    ],
)
def test_it_moves_towards_the_pace_at_which_the_capacity_is_met(
    current_ms: float, polls_per_second: float, expected: str
) -> None:
    after = next_pace_ms(current_ms, polls_per_second, CAPACITY)
    said = "none" if after == 0 else "same" if after == pytest.approx(current_ms) else "longer"
    assert ("shorter" if 0 < after < current_ms - 1e-6 else said) == expected


@pytest.mark.parametrize(
    ("clients", "own_seconds", "settled_ms"),
    [(100, 1, 0), (300, 1, 2_000), (1_500, 5, 10_000), (9_000, 1, MAX_PACE_MS)],
)
def test_it_settles_where_the_rate_meets_the_capacity(clients: int, own_seconds: float, settled_ms: float) -> None:
    chance = random.Random(7)
    asks_at = [chance.random() * own_seconds for _ in range(clients)]
    pace_ms, paces, rates = 0.0, [], []
    for second in range(240):
        polls = 0
        for client, at in enumerate(asks_at):
            while at < second + 1:
                polls += 1
                at += max(own_seconds, pace_ms / 1000) * chance.uniform(0.85, 1.15)
            asks_at[client] = at
        pace_ms = next_pace_ms(pace_ms, polls, CAPACITY)
        paces.append(pace_ms)
        rates.append(polls)
    assert paces[-60:] == [pytest.approx(settled_ms, rel=0.15)] * 60
    if 0 < settled_ms < MAX_PACE_MS:
        assert sum(rates[-60:]) / 60 == pytest.approx(CAPACITY, rel=0.1)


def test_it_forgets_a_rush_that_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("clock.monotonic", lambda: now[0])
    held = Pace(capacity=1.0)
    for _ in range(40):
        now[0] += 0.1
        told = held.after(1)
    assert told > 0
    now[0] += 600
    assert held.after(1) == 0


def test_many_ids_weigh_little_more_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("clock.monotonic", lambda: now[0])
    alone, together = Pace(capacity=1.5), Pace(capacity=1.5)
    for _ in range(4):
        now[0] += 1.0
        told = alone.after(1), together.after(100)
    assert told[0] == 0
    assert told[1] > 0


class TestWhenLoaded:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, object]:
        return {"polls_per_second": 0.01}

    @pytest.fixture(autouse=True)
    def _looks_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pace, "LOOK_SECONDS", 0.0)
        monkeypatch.setattr(pace, "LEAST_LAG_SECONDS", 0.001)

    def test_it_says_so_in_the_answer_and_leaves_the_rest_as_it_is(
        self, client: CheckedClient, analyze: Callable[..., str], run_jobs: Callable[[], None]
    ) -> None:
        job_id = analyze()
        run_jobs()
        calm, loaded = reads.progress(job_id), client.get(f"/api/progress/{job_id}")
        assert b"poll_after_ms" not in calm.body
        assert 0 < loaded.json["poll_after_ms"] <= MAX_PACE_MS
        assert loaded.data.startswith(calm.body[:-1])
        assert loaded.headers["ETag"] == calm.etag
        assert 1 <= int(loaded.headers["Retry-After"]) <= 30

    def test_it_says_so_to_those_who_know_all(self, client: CheckedClient, analyze: Callable[..., str]) -> None:
        address = f"/api/progress/{analyze()}"
        etag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": etag})
        assert again.status_code == 304
        assert int(again.headers["Retry-After"]) >= 1

    def test_it_says_so_for_many_at_once(self, client: CheckedClient, analyze: Callable[..., str]) -> None:
        address = f"/api/progress?ids={analyze()},zz"
        client.get(address)
        assert client.get(address).json["poll_after_ms"] > 0


def test_the_default_is_a_rate_for_each_web_process() -> None:
    assert Settings().polls_per_second == 600
