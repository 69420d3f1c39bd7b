"""An end finds who waits for it by an index of those, however many wait for others."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from extensions import db, transaction
from services.jobs import dependencies


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite, whose planner knows of no table how large it is."""
    return f"sqlite:///{tmp_path / 'test.db'}"


def test_it_seeks_by_what_is_waited_for(app: Flask) -> None:
    said: list[tuple[str, Any]] = []
    with transaction() as session:
        event.listen(db.engine, "before_cursor_execute", lambda *a: said.append((a[2], a[3])))
        dependencies.free(session, ["A"])
        dependencies.waiting_for(session, ["A"])
        driver = session.connection()
        plans = [driver.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given).all() for sql, given in said[:2]]
    assert [plan[0][3] for plan in plans] == ["SEARCH job USING INDEX ix_job_after (after_id=?)"] * 2
