"""What is told of recovery runs afterwards."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

import clock
from errors import NotFound
from extensions import transaction
from models import RecoveryItem, RecoveryRun
from services.videos import history, recovery
from tests.past import statements
from tests.videos.rows import a_video

HOUR_SECONDS = 3600.0

pytestmark = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


def a_run(number: int, *, hours_ago: float, waited: tuple[float, ...] = (), **more: Any) -> str:
    """A run that recovered videos which had waited for so many seconds."""
    run_id, at = f"{number:026d}", clock.now() - hours_ago * HOUR_SECONDS
    counts = {"found": len(waited), "triggered": len(waited), "skipped": 0, "failed": 0, "reasons": {}} | more
    with transaction() as session:
        session.execute(insert(RecoveryRun).values(id=run_id, started_by="schedule", started_at=at, **counts))
        for n, seconds in enumerate(waited):
            session.execute(
                insert(RecoveryItem).values(
                    run_id=run_id,
                    video_id=f"video-{n}",
                    name="A video",
                    tenant_id="t",
                    video_created_at=at - seconds,
                    outcome="triggered",
                    reason="",
                    at=at,
                )
            )
    return run_id


def test_runs_come_in_pages_the_newest_first(app: Flask) -> None:
    ids = [a_run(n, hours_ago=n) for n in range(5)]
    first = history.runs(limit=3)
    rest = history.runs(limit=3, cursor=first.next_cursor)
    assert [run.id for run in [*first.rows, *rest.rows]] == ids
    assert rest.next_cursor is None


def test_what_a_run_did_comes_in_pages(app: Flask) -> None:
    run_id = a_run(1, hours_ago=1, waited=(1.0, 2.0, 3.0))
    first = history.items(run_id, limit=2)
    rest = history.items(run_id, limit=2, cursor=first.next_cursor)
    assert [item.video_id for item in [*first.rows, *rest.rows]] == ["video-0", "video-1", "video-2"]
    assert rest.next_cursor is None


def test_what_was_done_stays_when_the_video_has_gone(app: Flask) -> None:
    video_id = a_video(name="The harbour")
    report = recovery.run(by="Otto")
    (item,) = history.items(report.run_id).rows
    told = (item.video_id, item.name, item.tenant_id, item.outcome, item.job_id)
    assert told == (video_id, "The harbour", "tenant-1", "triggered", report.lines[0].job_id)
    assert history.run(report.run_id).started_by == "Otto"


def test_one_that_there_is_not_is_not_found(app: Flask) -> None:
    with pytest.raises(NotFound):
        history.run("nothing")


def test_figures_are_of_a_day_and_of_a_week(app: Flask) -> None:
    a_run(1, hours_ago=2, waited=(100.0, 200.0, 300.0), found=5, skipped=2, reasons={"active_run": 2})
    a_run(2, hours_ago=30, waited=(900.0,), found=4, skipped=2, failed=1, reasons={"active_run": 1, "recent_run": 1})
    a_run(3, hours_ago=24 * 8, waited=(1.0,))
    told = history.figures()
    assert (told.day.runs, told.day.found, told.day.triggered, told.day.skipped, told.day.failed) == (1, 5, 3, 2, 0)
    assert told.day.reasons == {"active_run": 2}
    assert told.day.median_seconds == pytest.approx(200.0)
    assert told.day.p95_seconds == pytest.approx(300.0)
    assert (told.week.runs, told.week.triggered, told.week.failed) == (2, 4, 1)
    assert list(told.week.reasons.items()) == [("active_run", 3), ("recent_run", 1)]
    assert told.week.p95_seconds == pytest.approx(900.0)


def test_figures_of_nothing_are_none(app: Flask) -> None:
    told = history.figures()
    assert (told.week.runs, told.week.triggered, told.week.median_seconds) == (0, 0, None)


def test_waits_are_told_of_the_last_ones(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_TIMED", 2)
    a_run(1, hours_ago=2, waited=(900.0, 900.0))
    a_run(2, hours_ago=1, waited=(100.0, 200.0))
    told = history.figures()
    assert told.day.triggered == 4
    assert told.day.p95_seconds == pytest.approx(200.0)


def test_figures_cost_three_statements(app: Flask) -> None:
    for n in range(5):
        a_run(n, hours_ago=n, waited=(60.0, 120.0))
    with statements() as sent:
        history.figures()
    assert len(sent) == 3
