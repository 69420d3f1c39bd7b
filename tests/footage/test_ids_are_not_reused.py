"""The ids of frames and of lines of the history are given out once, also where the newest rows were deleted."""

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, func, select, text

from extensions import db
from models import Footage, FootageEvent, Frame, User
from services import schema
from services.footage import moves, states
from services.footage.moves import Cause
from services.library.users import default_owner
from tests.footage.poller import quick


def _newest_ids(owner_id: int) -> tuple[int, int]:
    quick.add_footage(owner_id, "AF0001", status=states.CREATING_FRAMES)
    quick.make_frames(db.session(), "AF0001", 2)
    moves.record(db.session(), "AF0001", None, None, states.CREATING_FRAMES, Cause())
    db.session.commit()
    frame_id = db.session.scalars(select(func.max(Frame.id))).one()
    event_id = db.session.scalars(select(func.max(FootageEvent.id))).one()
    db.session.execute(delete(Footage))
    db.session.commit()
    return frame_id, event_id


def test_in_the_schema_of_the_models(owner: User) -> None:
    first, second = _newest_ids(owner.id), _newest_ids(owner.id)
    assert second == (first[0] + 2, first[1] + 1)


def test_in_the_schema_of_the_migrations(app: Flask) -> None:
    db.drop_all()
    db.session.execute(text("DROP TABLE IF EXISTS alembic_version"))
    db.session.commit()
    upgrade(str(schema.MIGRATIONS))
    first, second = _newest_ids(default_owner().id), _newest_ids(default_owner().id)
    assert second == (first[0] + 2, first[1] + 1)
