"""Two recoveries and a normal start at the same moment, a hundred times: one run each, on either database."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from services.jobs import operations
from services.videos import catalogue, recovery, runs
from services.videos.recovery_report import TRIGGERED, Report
from tests.renders.test_races import together
from tests.videos.rows import a_video
from tests.videos.waiting import a_video_in_upload, item_rows, runs_of, video

ROUNDS = 100
BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


def _recover(app: Flask) -> Callable[[], Report]:
    def recover() -> Report:
        with app.app_context():
            return recovery.run(by="a recovery")

    return recover


def _click(app: Flask, video_id: str) -> Callable[[], bool]:
    """Whether a person's click started it."""

    def click() -> bool:
        with app.app_context():
            return not runs.start(video_id, by="a person").already_running

    return click


@BOTH
def test_each_is_run_once(app: Flask) -> None:
    for _ in range(ROUNDS):
        video_id = a_video()
        *reports, by_click = together([_recover(app), _recover(app), _click(app, video_id)])
        (run,) = runs_of(video_id)
        assert video(video_id).job_id == run.id
        assert sum(report.triggered for report in reports) + by_click == 1
        assert [report.failed for report in reports] == [0, 0]
        kept = [item for report in reports for item in item_rows(report.run_id) if item.outcome == TRIGGERED]
        assert [(item.video_id, item.job_id) for item in kept] == ([] if by_click else [(video_id, run.id)])
        operations.cancel(run.id)


@BOTH
def test_one_hand_over_of_an_upload_is_made(app: Flask) -> None:
    for _ in range(20):
        video_id = a_video_in_upload(b"12345", 5)
        reports = together([_recover(app)] * 3)
        (run,) = runs_of(video_id)
        assert (sum(report.triggered for report in reports), run.tags) == (1, ["recovery"])
        operations.cancel(run.id)


@BOTH
def test_one_that_is_deleted_meanwhile_is_no_failure(app: Flask) -> None:
    def delete(video_id: str) -> None:
        with app.app_context():
            catalogue.delete(video_id)

    for _ in range(10):
        video_id = a_video()
        deeds: list[Callable[[], Any]] = [_recover(app), lambda video_id=video_id: delete(video_id)]  # type: ignore[misc] # bound for each
        report, _gone = together(deeds)
        assert report.failed == 0
