"""Dropping the live progress of jobs that are long over."""

from collections.abc import Iterator

from sqlalchemy import select

from extensions import db, db_now, redis
from models import Job
from services.jobs import states
from store.progress import ProgressStore

HOUR_SECONDS = 3600
BATCH = 1000


def clean_up_progress(max_age_hours: float) -> int:
    """Drop the live progress of jobs that ended longer ago than that; how many documents were dropped."""
    return sum(clean_up_in_batches(max_age_hours))


def clean_up_in_batches(max_age_hours: float) -> Iterator[int]:
    """The same bit by bit: how many each batch of jobs had.

    :raise RedisError: if Redis does not answer.
    """
    ended = (Job.status.in_(states.ENDED), Job.ended_at < db_now() - max_age_hours * HOUR_SECONDS)
    last = ""
    while True:
        batch = select(Job.id).where(*ended, Job.id > last).order_by(Job.id).limit(BATCH)
        ids = list(db.session.scalars(batch))
        db.session.rollback()
        if not ids:
            return
        yield ProgressStore(redis.client).delete(ids)
        last = ids[-1]
