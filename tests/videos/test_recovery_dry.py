"""A dry look says what a run would do, and writes nothing at all."""

from typing import Any

from flask import Flask
from sqlalchemy import select

import clock
from extensions import current_settings, db
from services.videos import recovery
from tests.past import statements
from tests.videos.rows import a_video
from tests.videos.waiting import a_video_in_upload


def _everything() -> dict[str, Any]:
    """All rows of all tables, and all files of uploads."""
    db.session.rollback()
    rows = {table.name: db.session.execute(select(table)).all() for table in db.metadata.sorted_tables}
    files = {path.name: path.read_bytes() for path in current_settings().uploads_dir.iterdir()}
    return rows | {"files": files}


def test_it_tells_what_a_run_would_do(app: Flask) -> None:
    stuck, whole = a_video(), a_video_in_upload(b"12345", 5)
    busy = a_video(run_ended_at=clock.now())
    told = {line.video_id: (line.outcome, line.reason, line.job_id) for line in recovery.look().lines}
    assert told == {
        stuck: ("triggered", "", None),
        whole: ("triggered", "", None),
        busy: ("skipped", "recent_run", None),
    }


def test_it_writes_nothing(app: Flask) -> None:
    a_video()
    a_video_in_upload(b"12345", 5)
    a_video(status="processing", job_id="0" * 26)
    before = _everything()
    with statements() as sent:
        recovery.look()
    assert _everything() == before
    assert all(each.lstrip().startswith("SELECT") for each in sent)
