"""Reading the audit log: filters, pages by a cursor, and an export that takes no memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Row, case, select

import clock
from errors import InvalidInput
from extensions import db
from models import AuditEntry, Job
from services import audit
from services.jobs import instants, states

TARGET_TYPES = (
    "job",
    "jobs",
    "queue",
    "worker",
    "schedule",
    "error_group",
    "person",
    "key",
    "webhook",
    "delivery",
    "render",
    "video",
    "footage",
    "stuck",
    "window",
    "alert",
)
MAX_LIMIT = 200
EXPORT_BATCH = 500
FIELD_MAX_CHARS = 120
_ID_MAX = 2**31 - 1

# How it came out; what a job does in the background may have ended without saying so.
_OUTCOME = case(
    (
        (AuditEntry.outcome == audit.RUNNING) & Job.status.in_((states.FAILED, states.CANCELED)),
        Job.status,
    ),
    else_=AuditEntry.outcome,
).label("outcome")
_COLUMNS = (
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.actor,
    AuditEntry.action,
    AuditEntry.target_type,
    AuditEntry.target_id,
    AuditEntry.details,
    AuditEntry.matched,
    AuditEntry.changed,
    AuditEntry.skipped,
    _OUTCOME,
    AuditEntry.message,
    AuditEntry.job_id,
    AuditEntry.ended_at,
    Job.status.label("job_status"),
)
Entry = Row[Any]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are meant; an empty field means all. `target` is a type, `type:id`, or an id alone."""

    actor: str = ""
    action: str = ""
    target: str = ""
    since: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        """:raise InvalidInput: naming the field, and what it may be."""
        for name, value in asdict(self).items():
            if len(value) > FIELD_MAX_CHARS or "\x00" in value:
                raise InvalidInput(
                    f"{name!r} cannot be that.", details={name: f"at most {FIELD_MAX_CHARS} characters, no NUL"}
                )
        since, until = self._instants()
        if since is not None and until is not None and since >= until:
            raise InvalidInput("The time span ends before it begins.", details={"until": "later than `since`"})

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, str]) -> "AuditFilter":
        """The filter that an address holds; what else is in it does not matter.

        :raise InvalidInput: naming the field, and what it may be.
        """
        return cls(**{name: (mapping.get(name) or "").strip() for name in FIELDS})

    def as_dict(self) -> dict[str, str]:
        """The fields that are set, by name."""
        return {name: value for name, value in asdict(self).items() if value}

    def conditions(self) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.actor:
            wanted.append(AuditEntry.actor == self.actor)
        if self.action:
            wanted.append(AuditEntry.action == self.action)
        since, until = self._instants()
        if since is not None:
            wanted.append(AuditEntry.at >= since)
        if until is not None:
            wanted.append(AuditEntry.at < until)
        return [*wanted, *self._target()]

    def _target(self) -> list[ColumnElement[bool]]:
        if not self.target:
            return []
        kind, colon, target_id = self.target.partition(":")
        if kind in TARGET_TYPES:
            return [AuditEntry.target_type == kind, *([AuditEntry.target_id == target_id.strip()] if colon else [])]
        return [(AuditEntry.target_id == self.target) | (AuditEntry.job_id == self.target.upper())]

    def _instants(self) -> tuple[float | None, float | None]:
        now = clock.now()
        since = instants.parse(self.since, field="since", now=now) if self.since else None
        until = instants.parse(self.until, field="until", now=now, ends_day=True) if self.until else None
        return since, until


FIELDS = tuple(field.name for field in fields(AuditFilter))


@dataclass(frozen=True, slots=True)
class AuditPage:
    entries: Sequence[Entry]
    next_cursor: int | None


def page(wanted: AuditFilter, *, limit: int = 50, cursor: int | None = None) -> AuditPage:
    """Entries, the newest first. The cursor is the id of the last one seen."""
    entries = _read(wanted, limit + 1, cursor)
    more = len(entries) > limit
    return AuditPage(entries[:limit], entries[limit - 1].id if more else None)


def every(wanted: AuditFilter) -> Iterator[Entry]:
    """All entries, the newest first, a batch at a time."""
    cursor: int | None = None
    while entries := _read(wanted, EXPORT_BATCH, cursor):
        db.session.rollback()  # no reading transaction stays open while whoever reads takes their time
        yield from entries
        cursor = entries[-1].id


def known_values() -> tuple[Sequence[str], Sequence[str]]:
    """The actors and the actions that there are entries of, for a form to offer."""
    actors, actions = (
        db.session.scalars(select(column).distinct().order_by(column)).all()
        for column in (AuditEntry.actor, AuditEntry.action)
    )
    return actors, actions


def _read(wanted: AuditFilter, limit: int, cursor: int | None) -> Sequence[Entry]:
    conditions = wanted.conditions()
    if cursor is not None:
        conditions.append(AuditEntry.id < min(cursor, _ID_MAX))
    joined = select(*_COLUMNS).join(Job, Job.id == AuditEntry.job_id, isouter=True)
    return db.session.execute(joined.where(*conditions).order_by(AuditEntry.id.desc()).limit(limit)).all()
