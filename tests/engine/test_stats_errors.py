"""Failures by what went wrong: counted once each, with first and last seen."""

from typing import Any

from flask import Flask
from sqlalchemy import delete, event, select

from extensions import db, transaction
from models import ErrorGroup, ErrorStat, Job
from services.jobs import states
from services.stats.error_groups import count_failures
from tests.past import NOON, past_job, statements

GROUP, OTHER = "a" * 16, "b" * 16


def _fail(group: str | None = GROUP, error: str = "It broke.", **more: Any) -> str:
    return past_job(states.FAILED, error_group=group, error_code="broken", error=error, waited=0, **more)


def _group(group_id: str = GROUP) -> ErrorGroup:
    return db.session.get_one(ErrorGroup, group_id, populate_existing=True)


def _hours(group_id: str = GROUP) -> list[tuple[int, int]]:
    rows = select(ErrorStat).where(ErrorStat.group_id == group_id).order_by(ErrorStat.bucket_at)
    return [(row.bucket_at - NOON, row.count) for row in db.session.scalars(rows)]


def test_it_says_what_went_wrong_how_often_and_when(app: Flask) -> None:
    _fail(ran=1)
    last = _fail(ran=9, created_at=NOON + 1, error="It broke again.")
    _fail(OTHER)
    past_job()
    count_failures(NOON + 60)
    group = _group()
    assert (group.count, group.first_seen_at, group.last_seen_at) == (2, NOON + 1, NOON + 10)
    assert (group.type, group.error_code) == ("analyze_song", "broken")
    assert (group.sample, group.sample_job_id) == ("It broke again.", last)
    assert _group(OTHER).count == 1


def test_it_waits_until_late_commits_are_in(app: Flask) -> None:
    _fail(ran=0)
    with statements() as sent:
        assert count_failures(NOON + 9) == 0
    assert all(statement.startswith("SELECT") for statement in sent)
    assert count_failures(NOON + 11) == 1


def test_it_adds_to_what_was_seen_before(app: Flask) -> None:
    _fail(ran=1)
    count_failures(NOON + 60)
    _fail(created_at=NOON + 3600)
    _fail(created_at=NOON + 3601)
    count_failures(NOON + 4000)
    assert (_group().count, _group().first_seen_at, _group().last_seen_at) == (3, NOON + 1, NOON + 3603)
    assert _hours() == [(0, 1), (3600, 2)]


def test_it_counts_nothing_twice(app: Flask) -> None:
    _fail()
    for _ in range(3):
        count_failures(NOON + 60)
    assert _group().count == 1


def test_it_counts_once_when_two_janitors_do_it_at_once(app: Flask) -> None:
    past_job(states.FAILED, created_at=NOON - 60)
    count_failures(NOON)
    _fail()
    entered: list[int] = []

    def meanwhile(*args: object) -> None:
        if "GROUP BY job.error_group" in str(args[2]) and not entered:
            entered.append(1)
            count_failures(NOON + 60)

    event.listen(db.engine, "after_cursor_execute", meanwhile)
    count_failures(NOON + 60)
    assert entered
    assert _group().count == 1


def test_it_keeps_the_count_when_the_jobs_are_gone(app: Flask) -> None:
    _fail()
    count_failures(NOON + 60)
    with transaction() as session:
        session.execute(delete(Job))
    _fail(created_at=NOON + 120)
    count_failures(NOON + 180)
    assert _group().count == 2


def test_it_leaves_failures_alone_that_belong_to_no_group(app: Flask) -> None:
    _fail(None)
    count_failures(NOON + 60)
    assert db.session.scalars(select(ErrorGroup)).all() == []


def test_it_only_looks_when_nothing_has_failed(app: Flask) -> None:
    _fail()
    count_failures(NOON + 60)
    with statements() as sent:
        count_failures(NOON + 120)
    assert len(sent) == 1
    assert sent[0].startswith("SELECT")
