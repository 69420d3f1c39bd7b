"""How far a background order has come, in its audit entry: written with each batch, so that nothing counts twice."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from extensions import db
from models import AuditEntry
from services import audit
from services.bulk.batches import Step

TARGET_TYPE = "jobs"  # of the job and of its entry, whose target id is the token of the asking
_GOT_TO = "got_to"


@dataclass(frozen=True, slots=True)
class Counts:
    matched: int
    changed: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """The audit entry of one order. `got_to` is the last id that an earlier attempt went through."""

    entry_id: int
    details: dict[str, Any]
    matched: int | None

    @classmethod
    def of(cls, token: str) -> "Ledger":
        """The entry that was written with the job.

        :raise NoResultFound: if there is none.
        """
        columns = (AuditEntry.id, AuditEntry.details, AuditEntry.matched)
        row = db.session.execute(select(*columns).where(*is_of(token)).order_by(AuditEntry.id).limit(1)).one()
        db.session.rollback()
        return cls(row.id, dict(row.details), row.matched)

    @property
    def got_to(self) -> str:
        return str(self.details.get(_GOT_TO, ""))

    def begin(self, session: Session, remaining: int) -> None:
        """It runs, again perhaps; how many there are is what was counted the first time."""
        matched = remaining if self.matched is None else self.matched
        self._write(session, outcome=audit.RUNNING, ended_at=None, matched=matched)

    def note(self, session: Session, step: Step) -> None:
        self._write(
            session,
            changed=AuditEntry.changed + step.changed,
            skipped=AuditEntry.skipped + step.seen - step.changed,
            details=self.details | {_GOT_TO: step.last_id},
        )

    def _write(self, session: Session, **values: Any) -> None:
        session.execute(update(AuditEntry).where(AuditEntry.id == self.entry_id).values(**values))

    def counts(self) -> Counts:
        """What came of it so far; those that were in no state for it any more when their turn came were skipped."""
        columns = (AuditEntry.matched, AuditEntry.changed, AuditEntry.skipped)
        row = db.session.execute(select(*columns).where(AuditEntry.id == self.entry_id)).one()
        db.session.rollback()
        changed = row.changed or 0
        matched = max(row.matched or 0, changed + (row.skipped or 0))
        return Counts(matched, changed, matched - changed)


def is_of(token: str) -> tuple[Any, ...]:
    """Conditions on `AuditEntry`: it is of this asking."""
    return (AuditEntry.target_type == TARGET_TYPE, AuditEntry.target_id == token)
