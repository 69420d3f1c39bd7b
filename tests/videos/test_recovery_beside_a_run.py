"""A whole file that nobody handed over, of a video that has a run meanwhile: that run is not recovery's."""

import pytest
from flask import Flask
from sqlalchemy import update

from extensions import transaction
from models import Upload, Video
from services import resumable
from services.videos import recovery, runs, states
from services.videos.recovery_report import SKIPPED
from services.videos.stuck import ACTIVE_RUN
from tests.videos.waiting import a_video_in_upload, runs_of


def test_what_recovery_did_not_start_bears_no_tag_of_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    video_id = a_video_in_upload(b"12345", 5)
    with transaction() as session:
        session.execute(update(Video).values(status=states.PENDING))
    get_upload = resumable.get_upload

    def with_a_run_begun_meanwhile(upload_id: str) -> Upload:
        monkeypatch.setattr(resumable, "get_upload", get_upload)
        runs.start(video_id, by="a person")
        return get_upload(upload_id)

    monkeypatch.setattr(resumable, "get_upload", with_a_run_begun_meanwhile)
    report = recovery.run(by="test")
    (run,) = runs_of(video_id)
    assert [(line.outcome, line.reason, line.job_id) for line in report.lines] == [(SKIPPED, ACTIVE_RUN, run.id)]
    assert run.tags in (None, [])
