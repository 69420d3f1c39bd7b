"""One operation on all jobs that match a filter."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from errors import Conflict, InvalidInput, NotFound
from extensions import db
from models import Job
from services.jobs import operations, states
from services.jobs.listing import JobFilter

MAX_JOBS = 1000

_ACTIONS: dict[str, tuple[Callable[[str], object], tuple[str, ...]]] = {
    "retry": (operations.retry, (states.FAILED, states.CANCELED)),
    "cancel": (operations.cancel, states.LIVE),
    "delete": (operations.delete_job, states.ENDED),
}


@dataclass(frozen=True, slots=True)
class BulkReport:
    """How many jobs matched, how many were changed, and how many had moved on meanwhile."""

    matched: int
    changed: int
    skipped: int
    more: bool


def apply(action: str, wanted: JobFilter) -> BulkReport:
    """Retry, cancel or delete up to 1,000 matching jobs that are in a state for it; `more` says that others are left.

    :raise InvalidInput: if the filter is empty: all jobs at once must be asked for by a status.
    """
    if wanted == JobFilter():
        raise InvalidInput(
            "An empty filter would mean every job.", details={"filter": "at least one of status, type, queue, q"}
        )
    act, allowed = _ACTIONS[action]
    matching = select(Job.id).where(*wanted.conditions(), Job.status.in_(allowed)).order_by(Job.id)
    ids = list(db.session.scalars(matching.limit(MAX_JOBS + 1)))
    changed = sum(_succeeds(act, job_id) for job_id in ids[:MAX_JOBS])
    matched = min(len(ids), MAX_JOBS)
    return BulkReport(matched, changed, matched - changed, more=len(ids) > MAX_JOBS)


def _succeeds(act: Callable[[str], object], job_id: str) -> bool:
    try:
        act(job_id)
    except (Conflict, NotFound):
        return False  # it moved on between the look and the act
    return True
