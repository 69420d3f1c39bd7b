"""What is kept how long."""

import pytest
from flask import Flask
from sqlalchemy import select

from extensions import db, transaction
from models import ErrorGroup, ErrorStat, JobStat
from services.stats.retention import prune_error_history, prune_job_stats
from tests.past import NOON

DAY = 86_400


@pytest.mark.parametrize(
    ("resolution_seconds", "days_old", "kept"),
    [(60, 1.9, True), (60, 2.1, False), (900, 7.9, True), (900, 8.1, False), (3600, 399, True), (3600, 401, False)],
)
def test_it_keeps_fine_stretches_for_days_and_hours_for_a_year(
    app: Flask, resolution_seconds: int, days_old: float, kept: bool
) -> None:
    with transaction() as session:
        at = int(NOON - days_old * DAY)
        session.add(JobStat(bucket_at=at, resolution_seconds=resolution_seconds, queue="high", type="x"))
    assert prune_job_stats(NOON) == (0 if kept else 1)
    assert bool(db.session.scalars(select(JobStat)).all()) is kept


def test_it_removes_a_batch_at_a_time(app: Flask) -> None:
    with transaction() as session:
        for n in range(5):
            session.add(JobStat(bucket_at=n * 60, resolution_seconds=60, queue="high", type="x"))
    assert [prune_job_stats(NOON, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_it_forgets_the_trend_of_errors_after_weeks_and_the_errors_after_a_year(app: Flask) -> None:
    facts = {"type": "x", "error_code": "c", "sample": "s", "sample_job_id": "j", "count": 1}
    with transaction() as session:
        for days in (1, 100, 500):
            at = NOON - days * DAY
            session.add(ErrorGroup(id=str(days), first_seen_at=at, last_seen_at=at, **facts))
            session.add(ErrorStat(group_id=str(days), bucket_at=at, count=1))
    assert prune_error_history(NOON) == 3
    assert sorted(db.session.scalars(select(ErrorGroup.id))) == ["1", "100"]
    assert list(db.session.scalars(select(ErrorStat.group_id))) == ["1"]
    assert prune_error_history(NOON) == 0
