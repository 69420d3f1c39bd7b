"""A video that is taken in at the moment at which it is to be rendered: whoever comes second finds it so."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text, update
from werkzeug.test import TestResponse

from extensions import db, transaction
from models import User, Video
from tests.videos.rows import a_video
from tests.videos.waiting import video
from tests.waiting import wait_until

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
BODY = {
    "operation": "concatenate",
    "target_type": "video",
    "target_id": "show",
    "inputs": {"video_urls": ["https://example.org/1.mp4"]},
}


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


def test_it_is_not_decided_by_how_it_was(app: Flask, owner: User) -> None:
    a_video(id="show", upload_id=None, status="ready")
    with ThreadPoolExecutor(1) as pool, transaction() as session:
        session.execute(update(Video).where(Video.id == "show").values(status="uploading"))
        asking = pool.submit(_ask, app)
        wait_until(lambda: _waiting() > 0, "who asks waits for the video")
        session.commit()
        answer = asking.result(20)
    assert (answer.status_code, answer.get_json()["error"]) == (409, "target_busy")
    assert (video("show").status, video("show").render_id) == ("uploading", None)


def _ask(app: Flask) -> TestResponse:
    return app.test_client().post("/api/renders", json=BODY)


def _waiting() -> int:
    with db.engine.connect() as connection:
        return int(connection.execute(WAITING).scalar_one())
