"""A record that is deleted just as one of its frames moves waits for that, and neither waits for the other for ever."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from extensions import db, transaction
from services.footage import catalogue, moves, states
from services.footage.moves import Cause
from services.footage.targets import FRAME, Target
from tests.footage.conftest import MakeFootage
from tests.footage.records import add_frames
from tests.waiting import wait_until

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


def test_both_come_to_their_end(app: Flask, make_footage: MakeFootage, clip: Path) -> None:
    footage_id = make_footage(clip).id
    (frame_id,) = add_frames(footage_id, [(0.5, 0.0, 4.0)])
    with ThreadPoolExecutor(1) as pool, transaction() as session:
        assert Target(FRAME, str(frame_id)).standing(session) is not None
        deleting = pool.submit(_delete, app, footage_id)
        wait_until(lambda: _waiting() > 0, "the deletion waits for the frame")
        moved = moves.move_frame(
            session, frame_id, states.FRAME_PENDING_THUMBNAIL, states.FRAME_THUMBNAIL_COMPLETE, Cause()
        )
        session.commit()
        deleting.result(20)
    assert moved
    assert catalogue.page(None).rows == []


def _delete(app: Flask, footage_id: str) -> None:
    with app.app_context():
        catalogue.delete(footage_id)


def _waiting() -> int:
    with db.engine.connect() as connection:
        return int(connection.execute(WAITING).scalar_one())
