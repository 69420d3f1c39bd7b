"""A ring that does more than one job is fair: to priorities, and to those who have little to do."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from extensions import db, redis, transaction
from models import Job, User
from services.jobs import children, pauses, registry
from services.jobs.attempts import Attempts
from services.jobs.claims import Claim
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.submit_many import Order, submit_many

Row = Callable[[str], Job]


@pytest.fixture(autouse=True)
def _no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a ring does is not to depend on how fast this machine is."""
    monkeypatch.setattr("services.jobs.runner.CHUNK_SECONDS", 600.0)


@pytest.fixture
def two(app: Flask) -> tuple[int, int]:
    """The ids of two people."""
    with transaction() as session:
        people = [User(name=name, created_at=0.0) for name in ("Anna", "Ben")]
        session.add_all(people)
        session.flush()
        return people[0].id, people[1].id


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that were run, in that order."""
    order: list[str] = []
    run = Attempts.run

    def noted(self: Attempts, claim: Claim, **how: Any) -> None:
        order.append(claim.id)
        run(self, claim, **how)

    monkeypatch.setattr(Attempts, "run", noted)
    return order


def _many(number: int, owner_id: int, **more: str) -> list[str]:
    return [one.job_id for one in submit_many([Order("count", owner_id=owner_id, **more) for _ in range(number)])]  # type: ignore[arg-type] # `queue` only


def test_one_of_ben_waits_for_one_of_annas_and_not_for_all(
    two: tuple[int, int], runner: Runner, begun: list[str]
) -> None:
    of_anna = _many(20, two[0])
    (of_ben,) = _many(1, two[1])
    runner.deliver(of_anna[0], 1)
    assert begun.index(of_ben) == 1
    assert set(begun) == {*of_anna, of_ben}


def test_they_take_turns(two: tuple[int, int], runner: Runner, begun: list[str]) -> None:
    of_anna, of_ben = _many(5, two[0]), _many(5, two[1])
    runner.deliver(of_anna[0], 1)
    assert begun == [job for pair in zip(of_anna, of_ben, strict=True) for job in pair]


def test_what_is_urgent_goes_before(two: tuple[int, int], runner: Runner, begun: list[str]) -> None:
    of_anna = _many(3, two[0])
    urgent = _many(2, two[0], queue="high")
    runner.deliver(of_anna[0], 1)
    assert begun == [of_anna[0], *urgent, *of_anna[1:]]


def test_what_is_less_urgent_has_to_wait_for_its_own_ring(
    two: tuple[int, int], runner: Runner, begun: list[str]
) -> None:
    (one,), later = _many(1, two[0], queue="high"), _many(2, two[0], queue="low")
    runner.deliver(one, 1)
    assert begun == [one]
    assert {db.session.get_one(Job, job_id).status for job_id in later} == {"queued"}


def test_what_is_urgent_goes_before_the_rest_of_a_parents_children(
    two: tuple[int, int], runner: Runner, begun: list[str]
) -> None:
    parent = submit("fan_out", params={"to": 5}, owner_id=two[0]).job_id
    runner.deliver(parent, 1)
    (urgent,) = _many(1, two[1], queue="high")
    runner.deliver_children(parent)
    assert begun.index(urgent) == 2  # after the parent itself and the first child


def test_a_paused_queue_is_passed_over(two: tuple[int, int], runner: Runner, begun: list[str]) -> None:
    (paused,) = _many(1, two[0], queue="high")
    of_anna = _many(2, two[0])
    pauses.pause(["high"], by="test")
    runner.deliver(of_anna[0], 1)
    assert begun == of_anna
    assert db.session.get_one(Job, paused).status == "queued"


def test_a_job_that_may_take_longer_than_the_ring_is_left_to_its_own(
    two: tuple[int, int], runner: Runner, begun: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = registry.JOB_TYPES["count"]
    slower = registry.JobType("slower", "", kind.task, "high", kind.steps, kind.time_limit_seconds + 1, short=True)
    monkeypatch.setitem(registry.JOB_TYPES, "slower", slower)
    submit("slower", owner_id=two[0])
    of_anna = _many(2, two[0])
    runner.deliver(of_anna[0], 1)
    assert begun == of_anna


def test_the_rings_of_what_it_did_are_taken_out(two: tuple[int, int], runner: Runner, row: Row) -> None:
    of_anna = _many(4, two[0])
    runner.deliver(of_anna[0], 1)
    assert redis.client.lrange("rq:queue:default", 0, -1) == [f"{of_anna[0]}-1-0".encode()]
    assert redis.client.exists(f"rq:job:{of_anna[1]}-1-0") == 0


def test_a_job_without_an_owner_has_its_turn(two: tuple[int, int], runner: Runner, begun: list[str]) -> None:
    of_anna = _many(3, two[0])
    of_nobody = submit("count").job_id
    runner.deliver(of_anna[0], 1)
    assert begun[1] == of_nobody


def test_children_are_nobodys_turn(two: tuple[int, int], runner: Runner, begun: list[str]) -> None:
    parent = submit("fan_out", params={"to": 3}, owner_id=two[1]).job_id
    runner.deliver(parent, 1)
    with transaction() as session:
        session.execute(update(Job).where(Job.parent_id == parent).values(type="count"))
    (of_anna,) = _many(1, two[0])
    runner.deliver(of_anna, 1)
    assert begun == [parent, of_anna]
    waiting = db.session.scalars(select(Job.status).where(Job.parent_id == parent)).all()
    assert waiting == ["queued"] * 3
    assert children.settle_parent(parent) is False
