"""Workers are counted by their signs of life, and forgotten some time after the last one."""

from typing import Any

import pytest
from flask import Flask

from services import fleet
from services.metrics import workers


def worker(name: str, age: float, queues: tuple[str, ...] = ("high", "low"), **more: Any) -> dict[str, Any]:
    known = {"host": "h", "state": "idle", "current_job": None, "jobs_done": 3, "jobs_failed": 1}
    return known | {"name": name, "heartbeat_age_seconds": age, "queues": list(queues)} | more


@pytest.fixture
def figures(app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, ...], float]:
    """Each figure by its name and the values of its labels, for a fleet of four."""
    four = [
        worker("at work", 1.0, current_job={"job_id": "x"}),
        worker("waits", 29.0, queues=("high",)),
        worker("silent", 31.0, current_job={"job_id": "y"}),
        worker("long gone", 301.0),
    ]
    monkeypatch.setattr(fleet, "worker_health", lambda: fleet.FleetHealth(fleet.DEGRADED, "", four))
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in workers.families()
        for sample in family.samples
    }


def test_it_counts_workers_by_what_they_are_at(figures: dict[tuple[str, ...], float]) -> None:
    assert [figures["backbeat_workers", state] for state in ("busy", "idle", "stale")] == [1, 1, 1]


def test_it_counts_for_a_queue_those_that_live_and_serve_it(figures: dict[tuple[str, ...], float]) -> None:
    assert [figures["backbeat_queue_workers", queue] for queue in ("high", "low", "default")] == [2, 1, 0]


def test_it_forgets_who_is_long_gone(figures: dict[tuple[str, ...], float]) -> None:
    assert figures["backbeat_worker_heartbeat_age_seconds", "silent", "h"] == 31.0
    assert ("backbeat_worker_heartbeat_age_seconds", "long gone", "h") not in figures
    assert figures["backbeat_worker_jobs_total", "waits", "h", "done"] == 3


def test_it_has_no_age_for_a_janitor_that_never_was(figures: dict[tuple[str, ...], float]) -> None:
    assert ("backbeat_janitor_heartbeat_age_seconds",) not in figures
