"""What is known of durations is not worth a job: where the database is away, it is done without."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from extensions import db, transaction
from models import Job, StepTiming
from services.jobs import timings
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.timings import TimingBook

Row = Callable[[str], Job]


def _away(*_: object, **__: object) -> None:
    raise OperationalError("SELECT", None, Exception("the database is away"))


def test_a_job_runs_without_what_is_usual(runner: Runner, row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timings, "usual", _away)
    job_id = submit("count").job_id
    runner.deliver(job_id, 1)
    assert row(job_id).status == "finished"


def test_what_could_not_be_saved_is_saved_the_next_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    book = TimingBook()
    book.note("count", "counting", 0, 1.0)
    with monkeypatch.context() as outage:
        outage.setattr(timings, "transaction", _away)
        book.save()
    book.save()
    assert db.session.scalars(select(StepTiming.samples)).all() == [1]


def test_all_write_in_one_order(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that renew the same rows in different orders would wait for each other."""
    written: list[tuple[str, str, int]] = []
    monkeypatch.setattr(timings, "add", lambda _session, key, _durations: written.append(key))
    book = TimingBook()
    for job_type, step in (("b", "y"), ("a", "z"), ("b", "x")):
        book.note(job_type, step, 0, 1.0)
    book.save()
    assert written == [("a", "z", 0), ("b", "x", 0), ("b", "y", 0)]


@pytest.mark.parametrize("size", ["large", None, [1], 2.5])
def test_a_size_that_is_none_keeps_no_job_from_its_end(runner: Runner, row: Row, size: object) -> None:
    job_id = submit("count").job_id
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(params={"size": size}))
    runner.deliver(job_id, 1)
    assert row(job_id).status == "finished"
