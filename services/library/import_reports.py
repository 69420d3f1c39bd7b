"""What the import pages show: past imports, and what became of each file of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from errors import InvalidInput, NotFound
from extensions import db
from models import ImportItem, Job
from services.jobs.operations import get_job

OUTCOMES = ("added", "updated", "existing", "refused")
ITEMS_PER_PAGE = 100
RECENT_IMPORTS = 10


@dataclass(frozen=True, slots=True)
class ImportReportPage:
    """An import and a page of its items; `counts` are of all of them, by outcome."""

    job: Job
    outcome: str
    counts: Mapping[str, int]
    items: Sequence[ImportItem]
    next_after: int | None


def recent_imports(owner_id: int) -> Sequence[Job]:
    """The last imports of an owner, newest first."""
    newest_first = select(Job).where(Job.parent_id.is_(None), Job.type == "import_media", Job.owner_id == owner_id)
    return db.session.scalars(newest_first.order_by(Job.id.desc()).limit(RECENT_IMPORTS)).all()


def import_report(job_id: str, *, outcome: str = "", after_id: int = 0) -> ImportReportPage:
    """An import's items in the order in which they were done; `outcome` is empty for all.

    :raise NotFound: if there is no such import.
    :raise InvalidInput: if there is no such outcome.
    """
    job = get_job(job_id)
    if job.type != "import_media":
        raise NotFound(f"Job {job_id!r} is not an import.", code="no_such_import")
    if outcome and outcome not in OUTCOMES:
        allowed = f"it is one of {', '.join(OUTCOMES)}."
        raise InvalidInput(f"The outcome {outcome!r} is not known: {allowed}", details={"outcome": allowed})
    wanted = [ImportItem.job_id == job_id, ImportItem.id > after_id]
    if outcome:
        wanted.append(ImportItem.outcome == outcome)
    in_order = select(ImportItem).where(*wanted).order_by(ImportItem.id).limit(ITEMS_PER_PAGE + 1)
    rows = db.session.scalars(in_order).all()
    more = len(rows) > ITEMS_PER_PAGE
    items = rows[:ITEMS_PER_PAGE]
    return ImportReportPage(job, outcome, _counts(job_id), items, items[-1].id if more else None)


def _counts(job_id: str) -> Mapping[str, int]:
    counted = select(ImportItem.outcome, func.count()).where(ImportItem.job_id == job_id).group_by(ImportItem.outcome)
    found = dict(db.session.execute(counted).all())
    return {outcome: found.get(outcome, 0) for outcome in OUTCOMES}
