"""What jobs of a type need in memory: loaded once in the worker, before it forks for the first of them."""

from functools import cache

from sqlalchemy import select

from extensions import db
from models import Job
from services.jobs.registry import JOB_TYPES, resolve


def prepare_for(job_id: str) -> None:
    """Have ready what the type of a job needs, so that its processes share it and none pays for it again."""
    kind = JOB_TYPES.get(db.session.scalar(select(Job.type).where(Job.id == job_id)) or "")
    db.session.rollback()
    if kind is not None and kind.prepare is not None:
        _prepare(kind.prepare)


@cache
def _prepare(dotted_path: str) -> None:
    resolve(dotted_path)()
