"""A scrape costs the same number of statements however many jobs there are, and counts only what an index tells."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert

from extensions import db, transaction
from models import Job
from services import metrics
from services.jobs.submit import new_row


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """What is sent to the database meanwhile."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


# What an index alone answers; those that are started; the jobs of one target, and the one of a key.
FEW = ("COVERING INDEX", "(status=?", "AND target_id=?", "(active_key=?")


def fill(count: int, status: str) -> None:
    row = {"type": "analyze_song", "queue": "high", "status": status}
    with transaction() as session:
        for n in range(count):
            session.execute(insert(Job).values(new_row(f"{status}-{n}", row)))


def scrape() -> list[tuple[str, Any]]:
    db.session.rollback()
    with statements() as sent:
        metrics.render()
    return [(statement, parameters) for statement, parameters in sent if statement.lstrip().startswith("SELECT")]


def test_it_sends_as_many_statements_for_many_jobs_as_for_none(app: Flask) -> None:
    before = len(scrape())
    for status in ("queued", "finished", "failed"):
        fill(20, status)
    assert len(scrape()) == before <= 24


@pytest.mark.backend("sqlite")  # whose plans these are
def test_it_reads_no_row_that_waits_or_is_over(app: Flask) -> None:
    """Each look at the jobs is answered by an index alone, begins with those that are started, or with one's own."""
    for statement, parameters in scrape():
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        for line in [row[3] for row in plan if " job" in row[3] and "job_1" not in row[3]]:
            assert "SCAN job" not in line
            assert any(found in line for found in FEW), (line, statement)


def test_it_writes_nothing(app: Flask) -> None:
    with statements() as sent:
        metrics.render()
    assert not [statement for statement, _ in sent if statement.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))]
