"""Leases that ran out while nobody could write are not held against those who live."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text, update
from sqlalchemy.exc import DBAPIError

from extensions import db, db_now, transaction
from models import Job
from services.jobs import grace
from services.jobs.grace import GRACE_SECONDS, Grace
from services.jobs.janitor import Janitor
from services.jobs.submit import submit


@pytest.fixture
def at(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the database's clock, as `Grace` reads it."""
    return lambda seconds: monkeypatch.setattr(grace, "db_now", lambda: text(str(seconds)))


def _is_over(judge: Grace, at: Callable[[float], None], *seconds: float) -> list[bool]:
    answers = []
    for instant in seconds:
        at(instant)
        answers.append(judge.is_over())
    return answers


def test_it_judges_at_once_if_nothing_was_amiss(at: Callable[[float], None]) -> None:
    assert _is_over(Grace(15), at, 100, 102, 110, 124) == [True] * 4


def test_it_waits_after_a_gap_and_then_judges(at: Callable[[float], None]) -> None:
    assert _is_over(Grace(15), at, 100, 145, 147, 145 + GRACE_SECONDS, 151) == [True, False, False, True, True]


def test_it_judges_each_second_time_where_every_round_is_slow(at: Callable[[float], None]) -> None:
    assert _is_over(Grace(15), at, 100, 120, 140, 160, 180) == [True, False, True, False, True]


def test_a_clock_that_is_set_back_keeps_nobody_from_being_judged_for_long(at: Callable[[float], None]) -> None:
    assert _is_over(Grace(15), at, 1000, 1100, 100, 102, 104) == [True, False, True, True, True]


def test_it_waits_after_a_while_in_which_the_database_could_only_be_read(
    app: Flask, at: Callable[[float], None]
) -> None:
    judge = Grace(15)
    assert _is_over(judge, at, 100, 110) == [True, True]
    with _nothing_can_be_written():
        for seconds in range(120, 180, 2):
            at(seconds)
            with pytest.raises(DBAPIError):
                judge.is_over()
    assert _is_over(judge, at, 180, 182, 185) == [False, False, True]


@contextmanager
def _nothing_can_be_written() -> Iterator[None]:
    """As on a disk that is full: who only reads may begin a transaction and commit it."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    sentence = "PRAGMA query_only = {}" if is_sqlite else "SET default_transaction_read_only = {}"

    def say(connection: Any, how: str) -> None:
        connection.execute(sentence.format(how))
        connection.commit()

    @event.listens_for(db.engine, "checkout")
    def _read_only(connection: Any, *_: object) -> None:
        say(connection, "on")

    try:
        yield
    finally:
        event.remove(db.engine, "checkout", _read_only)
        db.session.remove()
        db.engine.dispose()


def test_the_janitor_rescues_nobody_before_the_grace_is_over(app: Flask, janitor: Janitor) -> None:
    job_id = submit("count", params={"to": 1}).job_id
    janitor.sweep()
    with transaction() as session:
        values = {"status": "started", "lease_owner": "w", "lease_until": db_now() - 1}
        session.execute(update(Job).where(Job.id == job_id).values(**values))
    janitor._grace._last_at = (janitor._grace._last_at or 0.0) - 60  # as if it could not write for a minute
    janitor.sweep()
    assert db.session.get_one(Job, job_id, populate_existing=True).attempt == 1
    janitor._grace._judge_from = 0.0
    db.session.rollback()
    janitor.sweep()
    assert db.session.get_one(Job, job_id, populate_existing=True).attempt == 2
