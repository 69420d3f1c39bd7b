"""What is paused is not looked at, and is rung for once it is let go."""

from collections.abc import Callable

import pytest

from extensions import redis
from models import Job
from services.jobs import pauses
from services.jobs.janitor import Janitor
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.turns import lines
from services.jobs.wanted import type_of_waiting_child, type_wanted
from store.bell import Bell

Row = Callable[[str], Job]


@pytest.fixture
def parent(runner: Runner) -> str:
    """One whose children wait."""
    job_id = submit("fan_out", params={"to": 3}).job_id
    runner.deliver(job_id, 1)
    return job_id


def test_no_process_is_begun_for_it(parent: str) -> None:
    job_id = submit("count").job_id
    assert type_wanted(job_id, 1)
    assert type_of_waiting_child(parent, 0, 0)
    pauses.pause(["default"], by="a test")
    assert not type_wanted(job_id, 1)
    assert not type_of_waiting_child(parent, 0, 0)


def test_it_is_nobodys_turn(parent: str) -> None:
    submit("count")
    submit("count", queue="high")
    assert {line.queue for line in lines(["high", "default"], ["count"])} == {"high", "default"}
    pauses.pause(["default"], by="a test")
    assert {line.queue for line in lines(["high", "default"], ["count"])} == {"high"}


def test_a_lane_whose_ring_came_in_vain_is_rung_for_anew(parent: str, janitor: Janitor) -> None:
    pauses.pause(["default"], by="a test")
    redis.client.flushdb()
    janitor.sweep()
    assert Bell(redis.client).rings_of(["default"]) == set()
    pauses.resume(["default"], by="a test")
    janitor.sweep()
    assert Bell.lane_name(parent, 0) in {name.rpartition("-")[0] for name in Bell(redis.client).rings_of(["default"])}
