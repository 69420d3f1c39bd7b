"""The audit log as CSV or JSON, a piece at a time."""

from collections.abc import Iterator
from typing import Any

import clock
from services import export_files
from services.audit_log import AuditFilter, Entry, every

_INSTANTS = ("at", "ended_at")
NAMES = (
    *("id", "at", "actor", "action", "target_type", "target_id", "matched", "changed", "skipped"),
    *("outcome", "message", "job_id", "ended_at", "details"),
)


def file_name(form: str) -> str:
    """`audit-20261122-1430.csv`, by UTC."""
    return export_files.file_name("audit", form=form)


def pieces(wanted: AuditFilter, form: str) -> Iterator[str]:
    """The file's text, the newest entry first."""
    told = map(_told, every(wanted))
    return export_files.pieces(told, form, what="entries", names=NAMES, wanted=wanted.as_dict())


def _told(entry: Entry) -> dict[str, Any]:
    row = entry._mapping
    return {name: clock.iso(row[name]) if name in _INSTANTS else row[name] for name in NAMES}
