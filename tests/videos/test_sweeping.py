"""Files of videos that nothing tells of any more are swept at night."""

from typing import Any

import pytest
from flask import Flask

from extensions import transaction
from services.library import users
from services.media import stored
from services.renders.copies import promise_copy
from services.videos import files, sweeping
from tests.episodes.rows import put
from tests.videos.rows import a_video


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"render_copy_outputs": True}


def test_it_removes_the_files_of_videos_that_are_gone(app: Flask) -> None:
    kept, gone = files.key_of(a_video(), "web.mp4"), [files.key_of("gone", name) for name in ("a.mp4", "b/c.mp4")]
    for key in (kept, "episodes/gone/web.mp4", *gone):
        put(key)
    assert sum(sweeping.sweep()) == 2
    assert stored.storage().list() == ["episodes/gone/web.mp4", kept]


def test_it_removes_what_is_left_of_a_film_before_the_renderers(app: Flask) -> None:
    rendered = a_video(upload_id=None, file_url="https://example.org/new.mp4", status="ready")
    put(files.key_of(rendered, "web.mp4"))
    assert sum(sweeping.sweep()) == 1


def test_it_keeps_a_copy_that_its_job_has_not_handed_over_yet(app: Flask) -> None:
    rendered = a_video(upload_id=None, file_url="https://example.org/new.mp4", status="ready", render_id="0" * 26)
    put(files.key_of(rendered, "rendered-1.mp4"))
    with transaction() as session:
        promise_copy(session, "0" * 26, users.default_owner().id)
    assert sum(sweeping.sweep()) == 0


def test_it_has_nothing_to_do_where_there_is_none(app: Flask) -> None:
    assert sum(sweeping.sweep()) == 0
