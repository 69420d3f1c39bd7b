"""One cycle of a session: a look at all records, and whatever can move moves."""

import structlog
from sqlalchemy import select

from extensions import db
from models import Job
from services.footage.dispatch import Dispatched, move_on
from services.jobs import states
from services.jobs.work import Outcome, Work

log = structlog.get_logger(__name__)


def run(work: Work) -> Outcome:
    """A cycle that is late, so that the next is due by now, leaves it to that."""
    if _next_is_due(work):
        return Outcome(result={"skipped": True})
    moved = move_on()
    tell(work.job.title, moved)
    return Outcome(
        result={"resumed": moved.resumed, "sent_to_wait": moved.sent_to_wait, "begun": moved.begun},
        result_url="/library/footage",
    )


def tell(title: str, moved: Dispatched) -> None:
    """The line of a cycle in the log."""
    log.info("footage_cycle", cycle=title, resumed=moved.resumed, sent_to_wait=moved.sent_to_wait, **moved.begun)


def _next_is_due(work: Work) -> bool:
    position = select(Job.position).where(Job.id == work.job.id).scalar_subquery()
    later = select(Job.id).where(
        Job.parent_id == work.job.parent_id, Job.status == states.QUEUED, Job.position > position
    )
    is_due = db.session.scalar(later.limit(1)) is not None
    db.session.rollback()
    return is_due
