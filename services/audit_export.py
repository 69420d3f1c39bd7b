"""The audit log as CSV or JSON, a piece at a time."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

import clock
from services.audit_log import AuditFilter, Entry, every

FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
_INSTANTS = ("at", "ended_at")
NAMES = (
    *("id", "at", "actor", "action", "target_type", "target_id", "matched", "changed", "skipped"),
    *("outcome", "message", "job_id", "ended_at", "details"),
)
# What spreadsheets take for a formula, and would run.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def file_name(form: str) -> str:
    """`audit-20261122-1430.csv`, by UTC."""
    moment = (clock.iso(clock.now()) or "")[:16].replace("-", "").replace(":", "").replace("T", "-")
    return f"audit-{moment}.{form}"


def pieces(wanted: AuditFilter, form: str) -> Iterator[str]:
    """The file's text, entry by entry, the newest first."""
    told = map(_told, every(wanted))
    return as_csv(told) if form == "csv" else as_json(told, wanted)


def _told(entry: Entry) -> dict[str, Any]:
    row = entry._mapping
    return {name: clock.iso(row[name]) if name in _INSTANTS else row[name] for name in NAMES}


def as_csv(entries: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A line of names, then a line for each; cells that a spreadsheet would run are led by an apostrophe."""
    line = io.StringIO(newline="")
    writer = csv.DictWriter(line, NAMES)
    writer.writeheader()
    for entry in entries:
        details = {"details": json.dumps(entry["details"], ensure_ascii=False)}
        writer.writerow({name: _defused(value) for name, value in (entry | details).items()})
        yield _taken(line)
    yield _taken(line)


def as_json(entries: Iterable[dict[str, Any]], wanted: AuditFilter) -> Iterator[str]:
    """`{"exported_at": …, "filter": {…}, "entries": […]}`, an entry on each line."""
    head = {"exported_at": clock.iso(clock.now()), "filter": wanted.as_dict()}
    yield json.dumps(head)[:-1] + ', "entries": ['
    separator = "\n"
    for entry in entries:
        yield separator + json.dumps(entry, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _defused(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
