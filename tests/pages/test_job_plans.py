"""Which index a list is read from, in the schema that the migrations make: SQLite takes a poor one where it can."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event

from app import create_app
from extensions import db
from services import schema
from services.jobs.filters import JobFilter
from services.jobs.mine import my_jobs
from services.jobs.search import Search


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(data_dir=tmp_path / "data", log_level="error")
    with app.app_context():
        upgrade(str(schema.MIGRATIONS))
        yield app
        db.session.remove()
        db.engine.dispose()


def _plans(look: Callable[[], object]) -> list[str]:
    """How each statement of a look finds its jobs."""
    said: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        said.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    look()
    event.remove(db.engine, "before_cursor_execute", note)
    with db.engine.connect() as connection:
        explained = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all() for text, values in said]
    return [row[-1] for plan in explained for row in plan if " job " in row[-1]]


@pytest.mark.parametrize(
    ("fields", "sort", "index"),
    [
        ({}, "newest", "ix_job_list"),
        ({}, "oldest", "ix_job_list"),
        ({"since": "24h"}, "newest", "ix_job_list"),
        ({"q": "words"}, "newest", "ix_job_list"),
        ({}, "ended", "ix_job_list_ended"),
        ({"status": "failed"}, "ended", "ix_job_ended"),
        ({}, "waiting", "ix_job_line"),
        ({"queue": "low"}, "waiting", "ix_job_line"),
        ({"status": "queued"}, "newest", "ix_job_list_status"),
        ({"status": "live"}, "newest", "ix_job_list_status"),
        ({"queue": "system"}, "newest", "ix_job_list_queue"),
        ({"type": "import_media"}, "newest", "ix_job_list_type"),
        ({"owner": "1"}, "newest", "ix_job_list_owner_id"),
        ({"target": "song:1"}, "newest", "ix_job_target"),
        ({"error": "words"}, "newest", "ix_job_error"),
        ({"error_group": "ab" * 8}, "newest", "ix_job_error_group"),
    ],
)
def test_a_list_is_read_in_the_order_of_the_index_made_for_it(
    migrated: Flask, fields: dict[str, str], sort: str, index: str
) -> None:
    search = Search(JobFilter(**fields), sort)
    plans = _plans(lambda: (search.page(50), search.count()))
    assert plans
    assert all(f"INDEX {index} " in f"{plan} " for plan in plans), plans


@pytest.mark.usefixtures("migrated")
def test_what_runs_of_ones_own_is_sought_among_what_runs() -> None:
    running, newest = _plans(lambda: my_jobs(1))
    assert "INDEX ix_job_list_status " in running
    assert "INDEX ix_job_list_owner_id " in newest
