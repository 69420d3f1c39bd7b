"""For how long is told what cycles have found."""

from sqlalchemy import delete, select

from extensions import db, db_now, transaction
from models import RenderCycle

KEPT_DAYS = 30
DAY_SECONDS = 86_400
BATCH = 1000


def prune() -> int:
    """Forget a batch of those that are too old; how many these were."""
    old = select(RenderCycle.id).where(RenderCycle.started_at < db_now() - KEPT_DAYS * DAY_SECONDS).limit(BATCH)
    with transaction() as session:
        ids = list(session.scalars(old))
        session.execute(delete(RenderCycle).where(RenderCycle.id.in_(ids)))
    db.session.rollback()
    return len(ids)
