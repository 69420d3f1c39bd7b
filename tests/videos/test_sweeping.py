"""Files of videos whose deletion was killed half-way are swept at night."""

from flask import Flask

from services.media import stored
from services.videos import files, sweeping
from tests.episodes.rows import put
from tests.videos.rows import a_video


def test_it_removes_the_files_of_videos_that_are_gone(app: Flask) -> None:
    kept, gone = files.key_of(a_video(), "web.mp4"), [files.key_of("gone", name) for name in ("a.mp4", "b/c.mp4")]
    for key in (kept, "episodes/gone/web.mp4", *gone):
        put(key)
    assert sum(sweeping.sweep()) == 2
    assert stored.storage().list() == ["episodes/gone/web.mp4", kept]


def test_it_has_nothing_to_do_where_there_is_none(app: Flask) -> None:
    assert sum(sweeping.sweep()) == 0
