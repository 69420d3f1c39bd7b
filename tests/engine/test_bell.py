"""Rings that get lost, and queues that are paused."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from extensions import db, redis
from models import Job
from services.jobs import pauses
from services.jobs.janitor import Janitor
from services.jobs.rings import RingAction, decide_ring
from services.jobs.submit import submit
from tests.conftest import RunJobs

Row = Callable[[str], Job]


def _rings() -> list[bytes]:
    found: list[bytes] = redis.client.lrange("rq:queue:default", 0, -1)  # type: ignore[assignment]
    return found


@pytest.mark.parametrize(
    ("rung", "present", "missing_since", "expected"),
    [
        (False, False, None, RingAction.RING),
        (True, True, None, RingAction.WAIT),
        (True, False, 100.0, RingAction.WAIT),
        (True, False, 90.0, RingAction.RING),
    ],
)
def test_it_decides_whether_to_ring(
    rung: bool, present: bool, missing_since: float | None, expected: RingAction
) -> None:
    action = decide_ring(rung=rung, ring_present=present, missing_since=missing_since, now=100.0, grace_seconds=10.0)
    assert action is expected


class TestWithoutGrace:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        return {"ring_grace_seconds": 0.05}

    def test_it_rings_again_when_redis_lost_everything(
        self, app: Flask, janitor: Janitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job_id = submit("count").job_id
        redis.client.flushall()
        janitor.sweep()
        assert _rings() == []
        monkeypatch.setattr("clock.monotonic", lambda: float("inf"))
        janitor.sweep()
        assert _rings() == [f"{job_id}-1-1".encode()]


def test_it_does_not_ring_twice_for_one_that_waits(app: Flask, janitor: Janitor) -> None:
    submit("count")
    janitor.sweep()
    janitor.sweep()
    assert len(_rings()) == 1


def test_it_rings_for_what_was_taken_in_while_redis_was_away(
    app: Flask, janitor: Janitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.extensions["backbeat_redis"]
    monkeypatch.setitem(app.extensions, "backbeat_redis", client.from_url("unix:///nowhere.sock"))
    job_id = submit("count").job_id
    assert db.session.scalar(select(Job.dispatched_at).where(Job.id == job_id)) is None
    monkeypatch.setitem(app.extensions, "backbeat_redis", client)
    janitor.sweep()
    assert _rings() == [f"{job_id}-1-1".encode()]


def test_it_starts_nothing_of_a_paused_queue(run_jobs: RunJobs, runner: Any, janitor: Janitor, row: Row) -> None:
    pauses.pause(["default"], by="a test")
    job_id = submit("count").job_id
    runner.deliver(job_id, 1)
    assert row(job_id).status == "queued"
    redis.client.flushall()
    pauses.resume(["default"], by="a test")
    janitor.sweep()
    assert _rings() == [f"{job_id}-1-1".encode()]
    run_jobs()
    assert row(job_id).status == "finished"
