"""What became of a record and its frames, move by move."""

from collections.abc import Sequence

from sqlalchemy import select

from extensions import db
from models import FootageEvent

SHOWN = 500


def history(footage_id: str, *, limit: int = SHOWN) -> Sequence[FootageEvent]:
    """The latest moves and failures of a record and its frames, the oldest of these first."""
    latest = select(FootageEvent).where(FootageEvent.footage_id == footage_id).order_by(FootageEvent.id.desc())
    return db.session.scalars(latest.limit(limit)).all()[::-1]


def newest_id() -> int:
    """Where the history ends just now; 0 if there is none."""
    return db.session.scalar(select(FootageEvent.id).order_by(FootageEvent.id.desc()).limit(1)) or 0


def since(event_id: int, *, limit: int = SHOWN) -> Sequence[FootageEvent]:
    """What has happened after that, of all records, in order."""
    later = select(FootageEvent).where(FootageEvent.id > event_id).order_by(FootageEvent.id)
    return db.session.scalars(later.limit(limit)).all()
