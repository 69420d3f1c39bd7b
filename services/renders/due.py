"""Which renders are due to be looked at, the longest due first; those under way before those that were given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from extensions import db, db_now, seekable_now
from models import Render
from services.renders import states
from services.renders.looking import Asked

# In the order in which they are looked at.
LOOKED_AT = (states.PROCESSING, states.EXPIRED)
# Since when it has been under way: one that the renderer took late, or that was begun anew, has its full time.
BEGUN_AT: ColumnElement[float] = func.coalesce(Render.asked_at, Render.retried_at, Render.created_at)


@dataclass(frozen=True, slots=True)
class Due:
    """A render that is due, as it was when that was read; `external_job_id` is None if the renderer has not taken it.

    `given_up_seconds` ago it was given up, `told_done_seconds` ago the renderer first said that it is done; None: not.
    """

    asked: Asked
    owner_id: int
    status: str
    external_job_id: str | None
    age_seconds: float
    checks: int
    check_errors: int
    told_done_seconds: float | None
    given_up_seconds: float | None


def due(limit: int) -> Sequence[Due]:
    """One statement, or two where few are under way."""
    found: list[Due] = []
    for status in LOOKED_AT:
        if len(found) < limit:
            rows = db.session.execute(_query(status).limit(limit - len(found)))
            found += [_due(row) for row in rows]
    db.session.rollback()
    return found


def count_due() -> int:
    found = db.session.scalar(select(func.count()).where(Render.status.in_(LOOKED_AT), _is_due()))
    db.session.rollback()
    return found or 0


def _is_due() -> ColumnElement[bool]:
    return Render.check_at <= seekable_now()


def _query(status: str) -> Select[*tuple[Any, ...]]:
    now = db_now()
    return (
        select(
            Render.id,
            Render.token_hash,
            Render.owner_id,
            Render.status,
            Render.external_job_id,
            (now - BEGUN_AT).label("age_seconds"),
            Render.checks,
            Render.check_errors,
            (now - Render.told_done_at).label("told_done_seconds"),
            (now - Render.finished_at).label("given_up_seconds"),
        )
        .where(Render.status == status, _is_due())
        .order_by(Render.check_at, Render.id)
    )


def _due(row: Row[*tuple[Any, ...]]) -> Due:
    asked = Asked(row.id, row.token_hash)
    age, done, given_up = row.age_seconds, row.told_done_seconds, row.given_up_seconds
    return Due(asked, row.owner_id, row.status, row.external_job_id, age, row.checks, row.check_errors, done, given_up)
