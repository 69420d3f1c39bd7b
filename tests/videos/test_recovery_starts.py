"""Stuck videos are started again by a recovery, and become what they were to be."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, update

from extensions import transaction
from models import Job, User, Video
from services.jobs import submit
from services.jobs.mine import my_jobs
from services.schedules.table import SCHEDULES
from services.videos import recovery, states
from tests.api.client import CheckedClient
from tests.videos.rows import a_video
from tests.videos.sending import send_whole, told
from tests.videos.waiting import an_hour_later, item_rows, run_row, runs_of, video


def _lose_its_run(video_id: str) -> None:
    with transaction() as session:
        session.execute(delete(Job).where(Job.target_id == video_id))


def test_one_whose_run_was_lost_becomes_ready(client: CheckedClient, clip: Path, run_jobs: Callable[[], None]) -> None:
    video_id = send_whole(client, clip)
    _lose_its_run(video_id)
    an_hour_later(video_id)
    report = recovery.run(by="test")
    assert [(line.video_id, line.outcome) for line in report.lines] == [(video_id, "triggered")]
    run_jobs()
    assert told(client, video_id)["status"] == states.READY
    assert [run.id for run in runs_of(video_id)] == [report.lines[0].job_id]


def test_what_it_starts_bears_its_tag(app: Flask) -> None:
    video_id = a_video()
    recovery.run(by="test")
    assert [run.tags for run in runs_of(video_id)] == [["recovery"]]


def test_it_starts_each_once_however_often_it_looks(app: Flask) -> None:
    video_id = a_video()
    first, second = recovery.run(by="test"), recovery.run(by="test")
    assert (first.triggered, second.triggered) == (1, 0)
    assert [(line.reason, line.job_id) for line in second.lines] == [("active_run", first.lines[0].job_id)]
    assert len(runs_of(video_id)) == 1


def test_it_runs_as_a_job_and_leaves_its_figures(app: Flask, run_jobs: Callable[[], None]) -> None:
    a_video(upload_id=None, media_key="videos/gone/source.mp4")
    job_id = recovery.submit_run().job_id
    run_jobs()
    run = run_row(job_id)
    assert (run.started_by, run.found, run.triggered, run.skipped, run.failed) == ("schedule", 1, 1, 0, 0)
    assert run.ended_at is not None


def test_there_is_one_at_a_time(app: Flask) -> None:
    first, second = recovery.submit_run(), recovery.submit_run()
    assert (second.job_id, second.already_running) == (first.job_id, True)


def test_one_that_was_left_processing_waits_again_and_is_started(app: Flask) -> None:
    video_id = a_video(status=states.PROCESSING, job_id="0" * 26)
    report = recovery.run(by="test")
    assert (report.found, report.triggered) == (1, 1)
    assert video(video_id).status == states.PENDING


def test_one_that_is_at_work_is_not_touched(app: Flask) -> None:
    video_id = a_video()
    recovery.run(by="test")
    with transaction() as session:
        session.execute(update(Video).values(status=states.PROCESSING))
    assert recovery.run(by="test").found == 0
    assert video(video_id).status == states.PROCESSING


def test_one_that_is_killed_right_after_a_start_has_written_it_down(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it started is rung for by the janitor, and the attempt that follows starts the rest."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    both = {a_video(), a_video()}
    with monkeypatch.context() as patch:
        patch.setattr(submit, "ring", die)
        with pytest.raises(KeyboardInterrupt):
            recovery.run(by="test", run_id="1" * 26)
    assert [item.outcome for item in item_rows("1" * 26)] == ["triggered"]
    recovery.run(by="test", run_id="1" * 26)
    started = [item.video_id for item in item_rows("1" * 26) if item.outcome == "triggered"]
    assert (len(started), set(started)) == (2, both)


def test_a_killed_run_goes_on_under_its_id(app: Flask) -> None:
    """Its second attempt finds what the first has started, and adds to the same row."""
    first = a_video()
    recovery.run(by="test", run_id="1" * 26)
    a_video()
    recovery.run(by="test", run_id="1" * 26)
    run = run_row("1" * 26)
    assert (run.found, run.triggered, run.skipped, run.reasons) == (3, 2, 1, {"active_run": 1})
    assert next(item.video_id for item in item_rows(run.id)) == first


def test_one_that_the_clock_began_is_in_nobodys_jobs(owner: User) -> None:
    owner_id = owner.id
    SCHEDULES[recovery.SCHEDULE].start("0" * 26)
    told = my_jobs(owner_id)
    assert (told.live, told.ended) == ([], [])
