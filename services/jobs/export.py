"""The jobs that a filter means, all of them, as CSV or JSON in pieces: memory stays the same however many there are."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import select

import clock
from extensions import db
from models import Job
from services.jobs.filters import JobFilter
from services.jobs.search import Search

BATCH = 500
LINES_OF_A_BLOCK = 100
FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
_INSTANTS = ("created_at", "started_at", "ended_at", "due_at")
_COLUMNS = (
    *(Job.id.label("job_id"), Job.type, Job.title, Job.status, Job.queue, Job.target_type, Job.target_id, Job.owner_id),
    *(Job.parent_id, Job.attempt, Job.max_attempts, Job.progress, Job.worker, Job.created_at, Job.started_at),
    *(Job.ended_at, Job.due_at, Job.error_code, Job.error, Job.error_group, Job.result_url),
)
NAMES = tuple(column.key for column in _COLUMNS)
# What spreadsheets take for a formula, and would run.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def file_name(wanted: JobFilter, form: str) -> str:
    """`jobs-failed-20261122-1430.csv`, by UTC."""
    moment = (clock.iso(clock.now()) or "")[:16].replace("-", "").replace(":", "").replace("T", "-")
    return "-".join(filter(None, ("jobs", wanted.status, wanted.type, moment))) + f".{form}"


def pieces(search: Search, form: str) -> Iterator[str]:
    """The file's text, batch by batch."""
    lines = as_csv(rows(search)) if form == "csv" else as_json(rows(search), search.wanted)
    return _in_blocks(lines)


def rows(search: Search) -> Iterator[dict[str, Any]]:
    """Each job in the order of the search, with its instants in ISO 8601."""
    key, is_first = None, True
    while is_first or key is not None:
        found = search.page(BATCH, key)
        by_id = {row.job_id: row for row in db.session.execute(select(*_COLUMNS).where(Job.id.in_(found.ids)))}
        db.session.rollback()  # no reading transaction stays open while the browser takes its time
        yield from (_as_told(by_id[job_id]._asdict()) for job_id in found.ids if job_id in by_id)
        key, is_first = found.next_key, False


def _as_told(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: clock.iso(row[name]) for name in _INSTANTS}


def as_csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A line of names, then a line for each job; cells that a spreadsheet would run are led by an apostrophe."""
    line = io.StringIO(newline="")
    writer = csv.DictWriter(line, NAMES)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _defused(value) for name, value in row.items()})
        yield _taken(line)
    yield _taken(line)


def as_json(rows: Iterable[dict[str, Any]], wanted: JobFilter) -> Iterator[str]:
    """`{"exported_at": …, "filter": {…}, "jobs": […]}`, a job on each line."""
    head = {"exported_at": clock.iso(clock.now()), "filter": wanted.as_dict()}
    yield json.dumps(head)[:-1] + ', "jobs": ['
    separator = "\n"
    for row in rows:
        yield separator + json.dumps(row, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def _in_blocks(texts: Iterable[str]) -> Iterator[str]:
    """The same text in fewer pieces."""
    rest = iter(texts)
    while lines := "".join(islice(rest, LINES_OF_A_BLOCK)):
        yield lines


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _defused(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
