"""Videos that wait and are not stuck: each is left alone, and told of with the reason."""

import pytest
from flask import Flask

import clock
from errors import NotFound
from services.videos import history, recovery, runs, states
from services.videos.recovery_report import Line
from tests.videos.rows import a_video
from tests.videos.waiting import a_video_in_upload, item_rows, run_row, runs_of, video


def _only_line() -> Line:
    report = recovery.run(by="test")
    (line,) = report.lines
    assert (report.found, report.skipped, report.triggered) == (1, 1, 0)
    return line


def test_one_that_has_a_run(app: Flask) -> None:
    video_id = a_video()
    run = runs.start(video_id, by="test")
    line = _only_line()
    assert (line.outcome, line.reason, line.job_id) == ("skipped", "active_run", run.job_id)


def test_one_whose_run_has_ended_a_moment_ago(app: Flask) -> None:
    a_video(run_ended_at=clock.now() - 60)
    assert _only_line().reason == "recent_run"


def test_one_whose_runs_fail_again_and_again(app: Flask) -> None:
    a_video(run_ended_at=clock.now() - 900, recover_at=clock.now() + 900, failures=2)
    assert _only_line().reason == "backing_off"


def test_one_whose_upload_still_grows(app: Flask) -> None:
    video_id = a_video_in_upload(b"12345", 10, still_seconds=5)
    assert _only_line().reason == "upload_in_progress"
    assert (video(video_id).status, runs_of(video_id)) == (states.UPLOADING, [])


def test_those_that_are_young_are_not_even_found(app: Flask) -> None:
    a_video(created_at=clock.now() - 60)
    assert recovery.run(by="test").found == 0


def test_those_that_wait_for_nobody_are_not_found(app: Flask) -> None:
    for status in (states.READY, states.FAILED):
        a_video(status=status)
    assert recovery.run(by="test").found == 0


def test_one_that_is_named_and_young_is_told_of(app: Flask) -> None:
    video_id = a_video(created_at=clock.now() - 60)
    assert [line.reason for line in recovery.run(by="test", video_id=video_id).lines] == ["too_young"]


def test_one_that_is_named_is_the_only_one(app: Flask) -> None:
    video_id, other = a_video(), a_video()
    recovery.run(by="test", video_id=video_id)
    assert (len(runs_of(video_id)), runs_of(other)) == (1, [])


def test_one_that_is_named_and_not_there_is_not_found(app: Flask) -> None:
    with pytest.raises(NotFound):
        recovery.run(by="test", video_id="nowhere")
    assert history.runs().rows == []


def test_a_lower_age_finds_younger_ones(app: Flask) -> None:
    a_video(created_at=clock.now() - 120)
    assert (recovery.run(by="a", age_minutes=5).found, recovery.run(by="b", age_minutes=1).triggered) == (0, 1)


def test_why_is_counted_and_kept(app: Flask) -> None:
    a_video(run_ended_at=clock.now())
    a_video(run_ended_at=clock.now())
    a_video(recover_at=clock.now() + 900)
    report = recovery.run(by="test")
    run = run_row(report.run_id)
    assert (run.found, run.skipped, run.reasons) == (3, 3, {"recent_run": 2, "backing_off": 1})
    assert sorted(item.reason for item in item_rows(run.id)) == ["backing_off", "recent_run", "recent_run"]
