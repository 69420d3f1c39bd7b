"""Videos that are stuck in their upload: handed over where all is here, given up where it stands still, and back."""

import os
from collections.abc import Callable
from pathlib import Path

from flask import Flask

import clock
from extensions import current_settings
from services import resumable
from services.upload_files import locked
from services.videos import recovery, states
from tests.api.client import CheckedClient
from tests.videos.sending import begin, send, told
from tests.videos.waiting import a_video_in_upload, an_hour_later, runs_of, video


def test_a_whole_one_that_nobody_handed_over_becomes_ready(
    client: CheckedClient, clip: Path, run_jobs: Callable[[], None]
) -> None:
    """The web process died after the last byte, before the video's run was promised."""
    data = clip.read_bytes()
    video_id = a_video_in_upload(data, len(data))
    report = recovery.run(by="test")
    assert report.triggered == 1
    (run,) = runs_of(video_id)
    assert (run.id, run.tags) == (report.lines[0].job_id, ["recovery"])
    run_jobs()
    assert told(client, video_id)["status"] == states.READY


def test_one_that_stands_still_fails_with_a_clear_reason(
    client: CheckedClient, clip: Path, run_jobs: Callable[[], None]
) -> None:
    data = clip.read_bytes()
    begun = begin(client, len(data))
    send(client, begun, data[:1000])
    an_hour_later(begun["id"])
    assert recovery.run(by="test").triggered == 1
    run_jobs()
    row = told(client, begun["id"])
    assert (row["status"], row["problem"]) == (states.FAILED, "upload_incomplete")
    assert f"1,000 of {len(data):,} bytes" in row["problem_text"]


def test_a_further_piece_brings_it_back(client: CheckedClient, clip: Path, run_jobs: Callable[[], None]) -> None:
    data = clip.read_bytes()
    begun = begin(client, len(data))
    send(client, begun, data[:1000])
    an_hour_later(begun["id"])
    recovery.run(by="test")
    run_jobs()
    assert send(client, begun, data[1000:], 1000).status_code == 204
    run_jobs()
    assert told(client, begun["id"])["status"] == states.READY


def test_one_that_somebody_writes_to_at_this_moment_is_left_alone(app: Flask) -> None:
    """Even if no byte has come for an hour: a connection that stands still holds the file."""
    video_id = a_video_in_upload(b"12345", 10)
    with locked(resumable.path_of(str(video(video_id).upload_id))):
        report = recovery.run(by="test")
    assert [line.reason for line in report.lines] == ["upload_in_progress"]
    assert video(video_id).status == states.UPLOADING


def test_bytes_of_a_piece_that_is_still_coming_count(app: Flask) -> None:
    """The row tells of whole pieces only."""
    video_id = a_video_in_upload(b"12345", 10)
    os.utime(resumable.path_of(str(video(video_id).upload_id)), (clock.now(), clock.now()))
    assert [line.reason for line in recovery.run(by="test").lines] == ["upload_in_progress"]


def test_one_whose_upload_was_forgotten_is_started_to_say_so(app: Flask, run_jobs: Callable[[], None]) -> None:
    video_id = a_video_in_upload(b"12345", 10)
    resumable.path_of(str(video(video_id).upload_id)).unlink()
    assert recovery.run(by="test").triggered == 1
    run_jobs()
    assert video(video_id).status == states.FAILED


def test_a_file_that_cannot_be_opened_is_told_of_and_holds_up_no_other(app: Flask) -> None:
    unopenable, next_one = a_video_in_upload(b"", 1), a_video_in_upload(b"12345", 10)
    path = resumable.path_of(str(video(unopenable).upload_id))
    path.unlink()
    path.mkdir()
    report = recovery.run(by="test")
    assert [(line.video_id, line.outcome) for line in report.lines] == [(unopenable, "failed"), (next_one, "triggered")]
    assert "cannot be opened" in report.lines[0].reason


def test_a_folder_that_cannot_be_read_is_told_of_and_holds_up_no_other(app: Flask) -> None:
    a_video_in_upload(b"12345", 10)
    there = current_settings().uploads_dir
    there.rename(there.with_name("elsewhere"))
    there.write_text("no folder")
    report = recovery.run(by="test")
    assert (report.found, report.failed) == (1, 1)
    assert "cannot be read" in report.lines[0].reason
