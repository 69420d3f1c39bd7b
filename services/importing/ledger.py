"""Remembers what became of each file of a job, so that a job that was killed goes on where it was."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from extensions import db
from models import ImportItem
from services.importing.report import ImportReport, Item

REASON_MAX_CHARS = 500


class Ledger:
    """The items of one import: rows for a job, and the sums of them. Without a job nothing is written."""

    def __init__(self, job_id: str | None) -> None:
        self.report = ImportReport()
        self.playlist_ids: dict[str, int] = {}
        self._job_id = job_id
        self._song_ids: dict[str, int | None] = {}
        self._touched: set[int] = set()
        if job_id is not None:
            self.remember(_earlier_items(job_id))

    def knows(self, name: str) -> bool:
        """Whether that file or entry has been dealt with."""
        return name in self._song_ids

    def song_of(self, name: str) -> int | None:
        """The song that a file became."""
        return self._song_ids.get(name)

    def has_touched(self, song_id: int) -> bool:
        """Whether a song came out of this very import."""
        return song_id in self._touched

    def write(self, session: Session, items: Sequence[Item]) -> None:
        """Write items down, in the transaction that has their effects."""
        if self._job_id is not None and items:
            session.execute(insert(ImportItem), [_row(self._job_id, item) for item in items])

    def remember(self, items: Sequence[Item]) -> None:
        """Count items, once their transaction has been committed."""
        for item in items:
            self.report.record(item)
            self._song_ids[item.name] = item.song_id
            if item.song_id is not None:
                self._touched.add(item.song_id)
            if item.playlist_id is not None:
                self.playlist_ids[item.playlist_name] = item.playlist_id


def _row(job_id: str, item: Item) -> dict[str, object]:
    details = {
        "code": item.code,
        "song_id": item.song_id,
        "playlist_id": item.playlist_id,
        "playlist_name": item.playlist_name,
        "part_of": item.part_of,
    }
    return {
        "job_id": job_id,
        "name": item.name,
        "outcome": item.outcome,
        "kind": item.kind or "",
        "reason": item.reason[:REASON_MAX_CHARS],
        "details": {name: value for name, value in details.items() if value},
    }


def _earlier_items(job_id: str) -> list[Item]:
    columns = (ImportItem.name, ImportItem.outcome, ImportItem.kind, ImportItem.reason, ImportItem.details)
    rows = db.session.execute(select(*columns).where(ImportItem.job_id == job_id).order_by(ImportItem.id)).all()
    db.session.rollback()  # no reading transaction stands still while files are read
    return [Item(row.name, row.outcome, row.kind or None, reason=row.reason, **row.details) for row in rows]
