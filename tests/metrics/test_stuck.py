"""A job that should have moved on by itself is counted, by what keeps it; one that need not is not."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from prometheus_client.core import Metric
from sqlalchemy import insert, select

from extensions import db, db_now, transaction
from models import Job, QueueState
from services.fleet.stuck import find_stuck
from services.jobs.registry import QUEUES
from services.jobs.submit import new_row
from services.metrics import stuck

AddJob = Callable[..., None]


def now() -> float:
    return db.session.scalar(select(db_now())) or 0.0


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    return sqlite_url if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def add_job(app: Flask) -> AddJob:
    def add(**fields: Any) -> None:
        row = new_row(fields.pop("id", "job"), {"type": "analyze_song", "queue": "high"} | fields)
        with transaction() as session:
            session.execute(insert(Job).values(row))

    return add


def counts() -> dict[str, float]:
    (family,) = stuck.families()
    assert isinstance(family, Metric)
    db.session.rollback()
    return {sample.labels["reason"]: sample.value for sample in family.samples if sample.value}


def test_it_counts_nothing_where_all_is_well(add_job: AddJob) -> None:
    add_job(id="waits")
    add_job(id="runs", status="started", lease_until=now() + 45)
    add_job(id="late", status="scheduled", due_at=now() + 60)
    add_job(id="failed", status="failed", due_at=1.0, updated_at=1.0)
    assert counts() == {}


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        ("silent", {"status": "started", "lease_until": -45.0, "updated_at": 41.0}),
        ("lease_expired", {"status": "started", "lease_until": 16.0}),
        ("cancel_ignored", {"status": "started", "lease_until": -45.0, "cancel_requested_at": 31.0}),
        ("queued_too_long", {"status": "queued", "due_at": 61.0}),
        ("queued_too_long", {"status": "queued", "due_at": 301.0, "queue": "default"}),
        ("overdue", {"status": "scheduled", "due_at": 16.0}),
    ],
)
def test_it_counts_a_job_that_is_stuck(add_job: AddJob, reason: str, fields: dict[str, Any]) -> None:
    ages = {name: now() - age for name, age in fields.items() if isinstance(age, float)}
    add_job(**(fields | ages))
    assert counts() == {reason: 1}


def test_each_queue_has_a_limit_of_its_own(add_job: AddJob) -> None:
    add_job(queue="low", due_at=now() - 3000)
    assert counts() == {}


def test_what_waits_in_a_paused_queue_is_not_stuck(add_job: AddJob) -> None:
    add_job(due_at=now() - 600)
    with transaction() as session:
        session.add(QueueState(name="high", paused=True, changed_at=0.0))
    assert counts() == {}


def test_a_parent_whose_children_come_to_nothing_is_stuck(add_job: AddJob) -> None:
    parent = {"type": "analyze_playlist", "queue": "default", "status": "started", "children_total": 2}
    add_job(id="parent", updated_at=1.0, **parent)
    add_job(id="child", parent_id="parent", position=0, queue="default", due_at=1.0, updated_at=now() - 301)
    assert counts() == {"children_stand_still": 1}
    add_job(id="moves", parent_id="parent", position=1, queue="default", status="finished")
    assert counts() == {}


def test_a_parent_that_nobody_ends_is_stuck(add_job: AddJob) -> None:
    add_job(id="parent", queue="default", status="started", children_total=1, updated_at=now() - 16)
    add_job(id="child", parent_id="parent", position=0, queue="default", status="finished", updated_at=1.0)
    assert counts() == {"unsettled": 1}


def test_a_parent_with_no_child_that_waits_does_not_stand_still(add_job: AddJob) -> None:
    add_job(id="parent", queue="default", status="started", children_total=1)
    add_job(id="child", parent_id="parent", position=0, queue="default", status="finished", updated_at=1.0)
    assert counts() == {}


@pytest.mark.parametrize("settings_overrides", [{"queue_wait_limit_seconds": {"high": 700.0}}])
def test_the_limit_of_a_queue_can_be_set(add_job: AddJob) -> None:
    add_job(due_at=now() - 600)
    assert counts() == {}
    add_job(id="later", due_at=now() - 701)
    assert counts() == {"queued_too_long": 1}


def test_it_counts_no_further_than_tells_anything(add_job: AddJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stuck, "MAX_COUNTED", 2)
    for number in range(3):
        add_job(id=f"job-{number}", due_at=1.0)
    assert counts() == {"queued_too_long": 2}


def test_the_console_and_prometheus_go_by_the_same(add_job: AddJob) -> None:
    add_job(id="lost", status="started", lease_until=now() - 20, updated_at=now() - 60)
    add_job(id="late", status="scheduled", due_at=now() - 20)
    found = Counter(job.reason for job in find_stuck(QUEUES))
    assert counts() == found == {"lease_expired": 1, "overdue": 1}
