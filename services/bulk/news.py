"""What operators have going on in the background, for the list of jobs to show."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from extensions import db
from models import Job
from services.bulk.actions import ACTIONS, Action
from services.jobs import states
from services.jobs.registry import BULK_ACTION

RECENT = 20


@dataclass(frozen=True, slots=True)
class News:
    """A background order as it stands; `result` is `{matched, changed, skipped}` once it is through."""

    job_id: str
    title: str
    status: str
    action: Action | None
    result: dict[str, int] | None
    error: str | None

    @property
    def is_live(self) -> bool:
        return self.status in states.LIVE

    @property
    def can_be_undone(self) -> bool:
        """It has not begun: canceled now, it will have changed nothing."""
        return self.status == states.SCHEDULED and self.action is not None and self.action.undo_seconds > 0


def news(job_id: str = "") -> Sequence[News]:
    """Of the last orders those that are not over, and the one of this id; one statement."""
    columns = (Job.id, Job.title, Job.status, Job.params, Job.result, Job.error)
    recent = select(*columns).where(Job.parent_id.is_(None), Job.type == BULK_ACTION).order_by(Job.id.desc())
    return [
        News(row.id, row.title, row.status, ACTIONS.get(row.params.get("action", "")), row.result, row.error)
        for row in db.session.execute(recent.limit(RECENT))
        if row.status in states.LIVE or row.id == job_id
    ]
