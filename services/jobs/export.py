"""The jobs that a filter means, all of them, as CSV or JSON in pieces: memory stays the same however many there are."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

import clock
from extensions import db, unhurried
from models import Job
from services import export_files
from services.jobs.filters import JobFilter
from services.jobs.search import Search

BATCH = 500
_INSTANTS = ("created_at", "started_at", "ended_at", "due_at")
_COLUMNS = (
    *(Job.id.label("job_id"), Job.type, Job.title, Job.status, Job.queue, Job.target_type, Job.target_id, Job.owner_id),
    *(Job.parent_id, Job.attempt, Job.max_attempts, Job.progress, Job.worker, Job.created_at, Job.started_at),
    *(Job.ended_at, Job.due_at, Job.error_code, Job.error, Job.error_group, Job.result_url, Job.tags),
)
NAMES = tuple(column.key for column in _COLUMNS)


def file_name(wanted: JobFilter, form: str) -> str:
    """`jobs-failed-20261122-1430.csv`, by UTC."""
    return export_files.file_name("jobs", wanted.status, wanted.type, form=form)


def pieces(search: Search, form: str) -> Iterator[str]:
    """The file's text, batch by batch."""
    return export_files.pieces(rows(search), form, what="jobs", names=NAMES, wanted=search.wanted.as_dict())


def rows(search: Search) -> Iterator[dict[str, Any]]:
    """Each job in the order of the search, with its instants in ISO 8601 and its tags in one text."""
    key, is_first = None, True
    while is_first or key is not None:
        with unhurried():
            found = search.page(BATCH, key)
            by_id = {row.job_id: row for row in db.session.execute(select(*_COLUMNS).where(Job.id.in_(found.ids)))}
        db.session.rollback()  # no reading transaction stays open while the browser takes its time
        yield from (_as_told(by_id[job_id]._asdict()) for job_id in found.ids if job_id in by_id)
        key, is_first = found.next_key, False


def _as_told(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: clock.iso(row[name]) for name in _INSTANTS} | {"tags": " ".join(row["tags"])}
