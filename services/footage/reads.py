"""Finding one piece of footage or a frame of it."""

from errors import NotFound
from extensions import db
from models import Footage, Frame

FOOTAGE, FRAME = "footage", "frame"


def no_such_footage(footage_id: str) -> NotFound:
    return NotFound(f"There is no footage {footage_id[:20]!r}.", code="no_such_footage")


def get_footage(footage_id: str) -> Footage:
    """The row as it is now. :raise NotFound: if there is none."""
    footage = db.session.get(Footage, footage_id, populate_existing=True)
    if footage is None:
        raise no_such_footage(footage_id)
    return footage


def get_frame(frame_id: int) -> Frame:
    """The row as it is now. :raise NotFound: if there is none."""
    frame = db.session.get(Frame, frame_id, populate_existing=True)
    if frame is None:
        raise NotFound(f"There is no frame {frame_id}.", code="no_such_frame")
    return frame
