"""Footage that nobody moves: set aside as failed, waiting for a person, or for a session that does not come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, not_, or_, select

from errors import Conflict
from extensions import db, seekable_now
from models import Footage, Frame, Job
from services import audit
from services.footage import dispatch, people, states
from services.footage.reads import no_such_footage
from services.footage.targets import FOOTAGE
from services.jobs import states as job_states
from services.recovery import clockwork
from services.recovery.things import COUNTED, Finder, Remedy, StuckThing, in_order
from services.schedules import control

KIND, SCHEDULE = "footage", "footage_autolog"

# Where a record goes on by itself once a session takes it up.
_STAYS = (states.COMPLETE, states.AWAITING_USER_INPUT, states.FAILED)
MOVING = tuple(status for status in states.FOOTAGE if status not in _STAYS)
PERSON_SECONDS = 3600.0
# Two rounds of the schedule without a session; with one that is live, places are given out every half minute or so.
NO_SESSION_SECONDS, IN_SESSION_SECONDS = 600.0, 7200.0

AGAIN = Remedy("Try again", "Let it go on where it failed")
BEGIN = Remedy("Start a session", "Start a session of footage autolog, which takes up all that can move")


@dataclass(frozen=True, slots=True)
class Sessions:
    """Whether one is live, and when the schedule begins the next; None while that is paused."""

    is_live: bool
    next_at: float | None

    @property
    def patience_seconds(self) -> float:
        return IN_SESSION_SECONDS if self.is_live else NO_SESSION_SECONDS

    @property
    def next(self) -> str:
        if self.is_live:
            return "The session that is live takes it up once a place is free"
        label = clockwork.label(SCHEDULE)
        if self.next_at is None:
            return f"Nothing: no session is live, and the schedule “{label}” is paused"
        return f"The schedule “{label}” starts a session, which takes it up"


_COLUMNS = (
    Footage.id,
    Footage.title,
    Footage.file_name,
    Footage.status,
    Footage.entered_at,
    Footage.retry_at,
    Footage.error,
    Footage.awaits,
    Footage.failures,
)


def find(limit: int) -> Sequence[StuckThing]:
    sessions = _sessions()
    found = [
        _told(row, sessions)
        for case in _cases(sessions)
        for row in db.session.execute(select(*_COLUMNS).where(case).order_by(*_BY_INDEX).limit(limit))
    ]
    return in_order(found)[:limit]


def count() -> int:
    counts = [_up_to_counted(case) for case in _cases(_sessions())]
    return int(sum(db.session.execute(select(*counts)).one()))


def act(footage_id: str, by: str) -> str:
    """Take up again what was set aside, or begin a session for what only waits to be taken up.

    :raise NotFound: if there is no such record.
    :raise Conflict: if nothing of it has failed, and it waits for a person or is complete.
    """
    status = db.session.scalar(select(Footage.status).where(Footage.id == footage_id))
    if status is None:
        raise no_such_footage(footage_id)
    if status == states.FAILED:
        goes_on_at = people.retry(footage_id, by)
        audit.record(by, "recover", KIND, footage_id, details={"goes_on_at": goes_on_at})
        return f"{footage_id} goes on at {goes_on_at}."
    if status not in MOVING:
        raise Conflict(f"{footage_id} stands at {status}; there is nothing to set going.", code="not_stuck")
    if dispatch.live_session() is None:
        control.run_now(SCHEDULE, by=by)
        audit.record(by, "recover", KIND, footage_id)
    return "A session of footage autolog takes up all that can move."


_BY_INDEX = (Footage.status, Footage.retry_at, Footage.id)


def _sessions() -> Sessions:
    return Sessions(dispatch.live_session() is not None, clockwork.next_run(SCHEDULE))


def _cases(sessions: Sessions) -> tuple[ColumnElement[bool], ...]:
    """They exclude each other, and each is found at its statuses in `ix_footage_status`."""
    stands = seekable_now() - sessions.patience_seconds
    return (
        Footage.status == states.FAILED,
        and_(Footage.status == states.AWAITING_USER_INPUT, Footage.entered_at < seekable_now() - PERSON_SECONDS),
        and_(
            Footage.status.in_(MOVING),
            or_(Footage.retry_at.is_(None), Footage.retry_at < stands),
            Footage.entered_at < stands,
            not_(_is_at_work()),
            not_(_has_frames_that_moved(stands)),
        ),
    )


def _is_at_work() -> ColumnElement[bool]:
    return exists().where(Job.target_type == FOOTAGE, Job.target_id == Footage.id, Job.status.in_(job_states.LIVE))


def _has_frames_that_moved(since: ColumnElement[float]) -> ColumnElement[bool]:
    """While its frames are gone through, a record stays where it is."""
    return exists().where(Frame.footage_id == Footage.id, Frame.entered_at >= since)


def _up_to_counted(case: ColumnElement[bool]) -> ColumnElement[int]:
    some = select(Footage.status).where(case).limit(COUNTED).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _told(row: Row[*tuple[Any, ...]], sessions: Sessions) -> StuckThing:
    why, next_, next_at, remedy = _what_of_it(row, sessions)
    return StuckThing(
        kind=KIND,
        id=row.id,
        title=row.title or row.file_name or row.id,
        detail=f"{row.id}, {row.status}",
        url=f"/library/footage/{row.id}",
        why=why,
        since=max(row.entered_at, row.retry_at or 0.0),
        next=next_,
        next_at=next_at,
        remedy=remedy,
    )


def _what_of_it(row: Row[*tuple[Any, ...]], sessions: Sessions) -> tuple[str, str, float | None, Remedy | None]:
    if row.status == states.FAILED:
        return f"It was set aside: {_clause(row.error)}", "Nothing: it waits for a person to try it again", None, AGAIN
    if row.status == states.AWAITING_USER_INPUT:
        return f"It waits for a person: {_clause(row.awaits)}", "It goes on once somebody has written that", None, None
    return "It is due, and nobody takes it up", sessions.next, sessions.next_at, None if sessions.is_live else BEGIN


def _clause(sentence: str | None) -> str:
    """As the end of another sentence that gets its full stop where it is shown."""
    return (sentence or "nobody noted why").rstrip(".")


FINDER = Finder(
    KIND,
    "Footage",
    "Set aside as failed, waiting for a person for an hour, or due without being taken up.",
    "/library/footage",
    find,
    count,
    act,
)
