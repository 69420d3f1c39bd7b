"""A job that was taken in stays taken in, though neither Redis nor, a moment later, the database answers."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError

from extensions import redis
from models import Job
from services.jobs import operations, submit
from services.jobs.registry import QUEUES
from services.jobs.rings import RingKeeper
from store.bell import Bell


def _gone(*_: object, **__: object) -> None:
    raise RedisError("gone")


def _full(*_: object, **__: object) -> None:
    raise OperationalError("UPDATE job", None, Exception("database or disk is full"))


@pytest.fixture
def nobody_answers() -> Iterator[pytest.MonkeyPatch]:
    """As when Redis cannot be rung, and the disk has become full at the same time; undo it to make all well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Bell, "ring", _gone)
        patch.setattr(submit, "update", _full)
        yield patch


def test_it_is_told_as_taken_in_and_rung_for_later(
    app: Flask, row: Callable[[str], Job], nobody_answers: pytest.MonkeyPatch
) -> None:
    job_id = submit.submit("count").job_id
    assert row(job_id).status == "queued"
    nobody_answers.undo()
    RingKeeper(grace_seconds=0.0).ring_for_waiting()
    assert [name.rpartition("-")[0] for name in Bell(redis.client).rings_of(QUEUES)] == [f"{job_id}-1"]


def test_it_is_told_as_started_over(app: Flask, request: pytest.FixtureRequest) -> None:
    job_id = submit.submit("count").job_id
    operations.cancel(job_id)
    request.getfixturevalue("nobody_answers")
    assert operations.retry(job_id) == "queued"
