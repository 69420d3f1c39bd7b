"""Whoever has lost a job can change nothing of it any more."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from extensions import db, db_now, redis, transaction
from models import Job, User
from services.jobs import claims, transitions
from services.jobs.claims import Claim, Claimant
from services.jobs.janitor import Janitor
from services.jobs.moves import LeaseLost
from services.jobs.submit import submit
from store.progress import ProgressStore

Row = Callable[[str], Job]


def _claim(job_id: str, attempt: int = 1) -> Claim | None:
    with transaction() as session:
        return claims.claim(session, job_id, attempt, Claimant("a", "a", 45))


def _lose(job_id: str) -> None:
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(lease_until=db_now() - 1))


def _finish_late(job_id: str) -> None:
    with transaction() as session:
        session.add(User(name="zombie", created_at=0.0))
        session.flush()
        transitions.finish(session, job_id, 1, result={}, result_url=None, version=9)


def test_it_gives_an_attempt_to_one_only(app: Flask) -> None:
    job_id = submit("count").job_id
    assert _claim(job_id) is not None
    assert _claim(job_id) is None


def test_it_refuses_the_end_of_an_attempt_that_was_rescued(app: Flask, janitor: Janitor, row: Row) -> None:
    job_id = submit("count").job_id
    _claim(job_id)
    _lose(job_id)
    janitor.sweep()
    with pytest.raises(LeaseLost):
        _finish_late(job_id)
    assert (row(job_id).status, row(job_id).attempt) == ("queued", 2)
    assert db.session.scalar(select(User).where(User.name == "zombie")) is None


def test_it_refuses_progress_of_an_earlier_attempt(app: Flask) -> None:
    store = ProgressStore(redis.client)
    options = {"ends": False, "least_version": 1}
    assert store.write("J", attempt=2, progress=0.1, json_head=b'{"version":', **options)  # type: ignore[arg-type]
    assert not store.write("J", attempt=1, progress=0.9, json_head=b'{"version":', **options)  # type: ignore[arg-type]


def test_it_refuses_progress_that_goes_back(app: Flask) -> None:
    store = ProgressStore(redis.client)
    assert store.write("J", attempt=1, progress=0.5, ends=False, least_version=1, json_head=b'{"n":1,"version":')
    assert not store.write("J", attempt=1, progress=0.4, ends=False, least_version=9, json_head=b'{"n":2,"version":')
    assert json.loads(store.read_many(["J"])["J"].body) == {"n": 1, "version": 1}


def test_it_refuses_progress_after_the_end(app: Flask) -> None:
    store = ProgressStore(redis.client)
    assert store.write("J", attempt=1, progress=1.0, ends=True, least_version=1, json_head=b'{"version":')
    assert not store.write("J", attempt=1, progress=1.0, ends=False, least_version=9, json_head=b'{"version":')


def test_it_counts_versions_up_by_one(app: Flask) -> None:
    store = ProgressStore(redis.client)
    versions = [
        store.write("J", attempt=1, progress=0.0, ends=False, least_version=1, json_head=b'{"version":')
        for _ in range(3)
    ]
    assert versions == [1, 2, 3]


def test_it_refuses_the_end_of_an_attempt_when_the_next_one_runs(app: Flask, janitor: Janitor, row: Row) -> None:
    job_id = submit("count").job_id
    _claim(job_id)
    _lose(job_id)
    janitor.sweep()
    assert _claim(job_id, attempt=2) is not None
    with pytest.raises(LeaseLost):
        _finish_late(job_id)
    assert (row(job_id).status, row(job_id).attempt) == ("started", 2)
