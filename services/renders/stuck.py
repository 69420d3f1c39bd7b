"""Which renders are stuck: under way for longer than most take, or given up and still looked for; and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from extensions import db, seekable_now
from models import Render
from services.renders import states, timing
from services.renders.due import BEGUN_AT

STUCK_SECONDS = timing.FIRST_CHECK_SECONDS

GIVEN_UP = "It was given up, and is still looked for now and then."
NOT_TAKEN = "The renderer has not taken it yet; it is asked again by itself."
NO_OUTPUT = "The renderer says that it is done, but its output is not there."
NO_ANSWER = "Nobody answered when it was last looked for ({times} in a row)."
NO_NEWS = "Neither the renderer's call nor its output has come."
NOT_LOOKED_FOR = "Nobody has looked for it yet."


@dataclass(frozen=True, slots=True)
class StuckRender:
    """A render that is stuck, why, and since when it has been under way; instants are seconds since the epoch."""

    render_id: str
    operation: str
    target_type: str
    target_id: str
    owner_id: int
    why: str
    since: float
    next_check_at: float | None
    external_job_id: str | None
    status: str


def is_stuck() -> ColumnElement[bool]:
    """Of `Render`."""
    return or_(is_slow(), is_given_up())


def is_slow(seconds: float = STUCK_SECONDS) -> ColumnElement[bool]:
    """Under way for longer than so many seconds."""
    return and_(Render.status == states.PROCESSING, seekable_now() - seconds > BEGUN_AT)


def is_given_up() -> ColumnElement[bool]:
    """And not for so long that nobody looks for it any more."""
    return and_(Render.status == states.EXPIRED, Render.check_at.is_not(None))


def stuck_renders(limit: int) -> Sequence[StuckRender]:
    """Those under way, the oldest first, and then those that were given up: two statements at most."""
    found: list[StuckRender] = []
    for condition in (is_slow(), is_given_up()):
        if len(found) < limit:
            rows = db.session.execute(_query().where(condition).order_by(BEGUN_AT, Render.id).limit(limit - len(found)))
            found += [_stuck(row) for row in rows]
    return found


def count_stuck() -> int:
    return db.session.scalar(select(func.count()).where(is_stuck())) or 0


def _query() -> Select[*tuple[Any, ...]]:
    what = (Render.id, Render.operation, Render.target_type, Render.target_id, Render.owner_id, Render.status)
    how = (Render.external_job_id, Render.check_at, Render.checks, Render.check_errors, Render.told_done_at)
    return select(*what, *how, BEGUN_AT.label("begun_at"))


def _stuck(row: Row[*tuple[Any, ...]]) -> StuckRender:
    return StuckRender(
        row.id,
        row.operation,
        row.target_type,
        row.target_id,
        row.owner_id,
        _why(row),
        row.begun_at,
        row.check_at,
        row.external_job_id,
        row.status,
    )


def _why(row: Row[*tuple[Any, ...]]) -> str:
    if row.status == states.EXPIRED:
        return GIVEN_UP
    if row.external_job_id is None:
        return NOT_TAKEN
    if row.check_errors:
        return NO_ANSWER.format(times="once" if row.check_errors == 1 else f"{row.check_errors} times")
    if row.told_done_at is not None:
        return NO_OUTPUT
    return NO_NEWS if row.checks else NOT_LOOKED_FOR
