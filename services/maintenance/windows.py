"""The windows that operators have made, and what is open now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from zoneinfo import available_timezones

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

import clock
from errors import Conflict, InvalidInput, NotFound
from extensions import db, db_now, transaction
from models import MaintenanceWindow
from services import audit
from services.jobs.pauses import PAUSABLE
from services.maintenance import calendar
from services.maintenance.calendar import Span

MAX_WINDOWS = 50
NAME_MAX_CHARS = 120
SHOWN_NEXT = 3
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A window as somebody asks for it; `weekdays` begin with 0 for Monday, and are empty for one that comes once."""

    name: str
    queues: Sequence[str]
    weekdays: Sequence[int]
    day: str
    start: str
    minutes: int
    time_zone: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A window as it stands: the span that is open and was not ended early, the next ones, and which others overlap."""

    window: MaintenanceWindow
    now_open: Span | None
    following: Sequence[Span]
    overlapping: Sequence[str]


def create(wanted: Wanted, *, by: str) -> int:
    """Make a window; its id.

    :raise InvalidInput: naming the field that is wrong, and what it may be.
    :raise Conflict: if there are too many already.
    """
    values = _checked(wanted)
    with transaction() as session:
        if (session.scalar(select(func.count()).select_from(MaintenanceWindow)) or 0) >= MAX_WINDOWS:
            raise Conflict(f"There are {MAX_WINDOWS} windows already; remove one first.")
        row = MaintenanceWindow(**values, created_by=by[:120], created_at=0.0)
        if not calendar.spans(row, session.scalar(select(db_now())) or 0.0, 1):
            raise _invalid("That is over already.", "day", "a day and a time that are yet to come")
        made = insert(MaintenanceWindow).values(**values, created_by=by[:120], created_at=db_now())
        window_id = int(session.execute(made.returning(MaintenanceWindow.id)).scalar_one())
        audit.write(session, by, "add_window", "window", str(window_id), details={"title": values["name"], **values})
    return window_id


def locked(session: Session, window_id: int) -> MaintenanceWindow:
    """The window, which nobody else changes or holds queues for until this transaction ends.

    :raise NotFound: if there is none such.
    """
    window = session.get(MaintenanceWindow, window_id, populate_existing=True, with_for_update=True)
    if window is None:
        raise NotFound(f"There is no maintenance window {window_id}.", code="no_such_window")
    return window


def all_windows() -> Sequence[MaintenanceWindow]:
    ordered = select(MaintenanceWindow).order_by(MaintenanceWindow.id)
    return db.session.scalars(ordered.execution_options(populate_existing=True)).all()


def entries() -> list[Entry]:
    """All windows with their times, what is open first, then the next: one statement."""
    now, rows = clock.now(), all_windows()
    found = [_entry(row, rows, now) for row in rows]
    return sorted(found, key=lambda entry: entry.following[0].starts_at if entry.following else float("inf"))


def _entry(window: MaintenanceWindow, rows: Sequence[MaintenanceWindow], now: float) -> Entry:
    others = [row for row in rows if row is not window and set(row.queues) & set(window.queues)]
    overlapping = [row.name for row in others if calendar.overlaps(window, row, now)]
    return Entry(window, open_span(window, now), calendar.spans(window, now, SHOWN_NEXT), overlapping)


def open_span(window: MaintenanceWindow, now: float) -> Span | None:
    """The span that is open now, unless somebody ended it early."""
    span = calendar.current(window, now)
    return None if span is None or span.starts_at == window.ended_start else span


@cache
def time_zones() -> Sequence[str]:
    """The names of IANA's zones that a person would pick."""
    return sorted(name for name in available_timezones() if "/" in name or name == "UTC")


def _checked(wanted: Wanted) -> dict[str, object]:
    """The columns of a window.

    :raise InvalidInput: naming the field that is wrong, and what it may be.
    """
    name = " ".join(wanted.name.split())
    if not name or len(name) > NAME_MAX_CHARS or not name.isprintable():
        raise _invalid("Give the window a name.", "name", f"1 to {NAME_MAX_CHARS} characters, such as Backup")
    if not wanted.queues or set(wanted.queues) - set(PAUSABLE):
        raise _invalid("Choose the queues that are held back.", "queues", f"some of {', '.join(PAUSABLE)}")
    if not _TIME.fullmatch(wanted.start):
        raise _invalid("When does it begin?", "start", "a time such as 02:30")
    if not 1 <= wanted.minutes <= calendar.MAX_MINUTES:
        raise _invalid("How long does it last?", "minutes", f"1 to {calendar.MAX_MINUTES} minutes")
    if wanted.time_zone not in available_timezones():
        raise _invalid("There is no such time zone.", "time_zone", "a name of IANA's such as Europe/Berlin")
    return {
        "name": name,
        "queues": [queue for queue in PAUSABLE if queue in wanted.queues],
        **_days(wanted),
        "start": wanted.start,
        "minutes": wanted.minutes,
        "time_zone": wanted.time_zone,
    }


def _days(wanted: Wanted) -> dict[str, object]:
    if wanted.weekdays and wanted.day:
        raise _invalid(
            "Choose days of the week, or one day, but not both.", "day", "empty where days of the week are chosen"
        )
    if wanted.weekdays:
        if not set(wanted.weekdays) <= set(range(7)):
            raise _invalid("There is no such day of the week.", "weekdays", "0 for Monday to 6 for Sunday")
        return {"weekdays": sorted(set(wanted.weekdays)), "day": None}
    try:
        day = date.fromisoformat(wanted.day)
    except ValueError:
        raise _invalid("Choose days of the week, or one day.", "day", "a date such as 2026-11-22") from None
    if not 2000 <= day.year <= 9000:
        raise _invalid("That day is too far away.", "day", "a date such as 2026-11-22")
    return {"weekdays": [], "day": day.isoformat()}


def _invalid(message: str, field: str, allowed: str) -> InvalidInput:
    return InvalidInput(message, code="bad_window", details={field: allowed})
