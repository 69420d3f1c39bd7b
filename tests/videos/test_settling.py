"""Videos that were left at `processing` wait again; those that somebody works on are not touched."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from extensions import transaction
from models import Video
from services.library import users
from services.videos import runs, settling, states
from tests.renders.rows import a_render_of
from tests.videos.rows import a_video
from tests.videos.waiting import video

pytestmark = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


def _left(**more: Any) -> str:
    return a_video(status=states.PROCESSING, job_id="0" * 26, **more)


def test_one_whose_run_is_gone_waits_again(app: Flask) -> None:
    video_id = _left()
    assert settling.settle() == 1
    assert video(video_id).status == states.PENDING
    assert settling.settle() == 0


def test_one_that_has_a_run_goes_on(app: Flask) -> None:
    video_id = a_video()
    runs.start(video_id, by="test")
    with transaction() as session:
        session.execute(update(Video).values(status=states.PROCESSING))
    assert settling.settle() == 0
    assert video(video_id).status == states.PROCESSING


def test_one_that_is_being_rendered_is_the_monitors(app: Flask) -> None:
    render_id = a_render_of(users.default_owner().id)
    _left(render_id=render_id)
    _left(upload_id=None, file_name=None)  # made of segments: nothing of it could be processed
    assert settling.settle() == 0
