"""However many records are complete, and jobs over, a look at all records reads few rows of each."""

import pytest
from flask import Flask
from sqlalchemy import event, insert, text

from extensions import db, db_now, transaction
from models import Footage, Job
from services.footage import dispatch, states
from services.jobs.submit import new_row
from tests.footage.poller.conftest import AddFootage


@pytest.fixture
def database_url(tmp_path: object) -> str:
    return f"sqlite:///{tmp_path}/test.db"


def test_no_statement_goes_through_all_records_or_jobs(app: Flask, add_footage: AddFootage, live_session: str) -> None:
    for n, status in enumerate((states.PENDING_FILE_INFO, states.CREATING_FRAMES, states.PROCESSING_FRAME_INFO)):
        add_footage(f"AF000{n}", status=status)
    seen: dict[str, object] = {}

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        seen[statement] = parameters

    event.listen(db.engine, "before_cursor_execute", note)
    dispatch.place_freed()
    dispatch.move_on()
    event.remove(db.engine, "before_cursor_execute", note)
    for statement, parameters in seen.items():
        if statement.lstrip().startswith(("SELECT", "UPDATE")):
            plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type] # as the driver was given them
            for line in [row[3] for row in plan]:
                assert not line.startswith(("SCAN footage", "SCAN job", "SCAN frame")), (line, statement)
                assert "(type=?" not in line, (line, statement)  # jobs that are over are found by their type too
    db.session.rollback()


def test_it_costs_no_more_steps_of_the_database_when_ten_thousand_are_complete(
    app: Flask, add_footage: AddFootage
) -> None:
    before = _steps()
    _fill(10_000)
    assert _steps() < before * 1.5 + 500


def _fill(count: int) -> None:
    record = {"owner_id": 1, "status": states.COMPLETE, "entered_at": 0.0, "created_at": 0.0, "updated_at": 0.0}
    job = {"type": "footage_file_info", "queue": "default", "target_type": "footage"}
    with transaction() as session:
        rows = [record | {"id": f"AF{n:05d}", "source": str(n), "keywords": [], "tags": []} for n in range(count)]
        session.execute(insert(Footage), rows)
        now = session.scalar(db_now().select()) or 0.0
        over = new_row("", job) | {"status": "finished"} | dict.fromkeys(("due_at", "created_at", "updated_at"), now)
        over["dispatched_at"] = now
        session.execute(insert(Job), [over | {"id": f"J{n:05d}", "target_id": f"AF{n:05d}"} for n in range(count)])


def _steps() -> int:
    """About how many hundred operations SQLite's machine needs for one look, with nothing to move."""
    db.session.rollback()
    connection = db.session.connection().connection.dbapi_connection
    assert connection is not None
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    connection.set_progress_handler(count, 100)
    db.session.execute(text("SELECT 1"))
    assert dispatch.move_on().begun == {}
    connection.set_progress_handler(None, 100)
    return counted * 100
