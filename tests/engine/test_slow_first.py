"""A ring whose first job took all its time still gives somebody else a turn."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from extensions import transaction
from models import Job, User
from services.jobs import registry
from services.jobs.runner import CHUNK_SECONDS, Runner
from services.jobs.submit import DRAIN_MARGIN_SECONDS
from services.jobs.submit_many import Order, submit_many
from services.jobs.work import Outcome, Work
from tests.engine.conftest import SetScript

Row = Callable[[str], Job]


@pytest.fixture
def people(app: Flask) -> list[int]:
    with transaction() as session:
        people = [User(name=name, created_at=0.0) for name in ("Anna", "Ben", "Clara")]
        session.add_all(people)
        session.flush()
        return [person.id for person in people]


@pytest.fixture
def takes(monkeypatch: pytest.MonkeyPatch, script: SetScript) -> dict[str, float]:
    """How many seconds each job takes, by the clock of this test."""
    now, seconds = [0.0], {"each": CHUNK_SECONDS + 1}
    monkeypatch.setattr("clock.monotonic", lambda: now[0])
    short = replace(registry.JOB_TYPES["scripted"], short=True)
    monkeypatch.setitem(registry.JOB_TYPES, "scripted", short)

    def slow(_work: Work) -> Outcome:
        now[0] += seconds["each"]
        return Outcome()

    script(slow)
    return seconds


def _submit(owner_ids: list[int]) -> list[str]:
    return [one.job_id for one in submit_many([Order("scripted", owner_id=owner_id) for owner_id in owner_ids])]


def test_one_of_another_line_has_a_turn(people: list[int], runner: Runner, row: Row, takes: dict[str, float]) -> None:
    anna, ben, clara = people
    first, second, of_ben, of_clara = _submit([anna, anna, ben, clara])
    runner.deliver(first, 1)
    assert (row(first).status, row(second).status) == ("finished", "queued")
    assert sorted(row(job_id).status for job_id in (of_ben, of_clara)) == ["finished", "queued"]


def test_none_is_begun_that_the_ring_has_no_time_left_for(
    people: list[int], runner: Runner, row: Row, takes: dict[str, float]
) -> None:
    takes["each"] = DRAIN_MARGIN_SECONDS + 1
    first, of_ben = _submit(people[:2])
    runner.deliver(first, 1)
    assert (row(first).status, row(of_ben).status) == ("finished", "queued")
