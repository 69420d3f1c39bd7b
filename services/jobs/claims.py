"""Claiming: how a waiting job becomes that of one process, by one guarded update. Called inside a `transaction()`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Executable,
    bindparam,
    exists,
    literal_column,
    not_,
    null,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from extensions import db_now
from models import Job, QueueState
from services.jobs import states
from services.jobs.moves import record
from services.jobs.turns import Line


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this process has just claimed, with the facts that its run needs."""

    id: str
    type: str
    attempt: int
    max_attempts: int
    crash_count: int
    queue: str
    parent_id: str | None
    target_type: str | None
    target_id: str | None
    title: str
    params: dict[str, Any]
    owner_id: int | None
    version: int
    created_at: float
    started_at: float
    children_total: int | None
    dispatch_no: int


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims: the worker's name, what people know it by, and how long it is believed to live without a sign."""

    owner: str
    worker: str
    lease_seconds: float


_COLUMNS = tuple(getattr(Job, name) for name in Claim.__dataclass_fields__)
_PAUSED = exists().where(QueueState.name == Job.queue, QueueState.paused)
# Spelled out: the plan of a prepared statement cannot know that a bound value is the one of a partial index.
_IS_QUEUED: ColumnElement[str] = literal_column(f"'{states.QUEUED}'")


def _claiming(*which: ColumnElement[bool]) -> Executable:
    """The statement, made once since to make it costs more than to run it, that claims one that is queued."""
    return (
        update(Job)
        .where(
            *which,
            Job.status == states.QUEUED,
            Job.cancel_requested_at.is_(None),
            not_(_PAUSED),
        )
        .values(
            status=states.STARTED,
            lease_owner=bindparam("by_owner"),
            lease_until=db_now() + bindparam("by_lease_seconds", type_=Double),
            worker=bindparam("by_worker"),
            started_at=db_now(),
            updated_at=db_now(),
            version=Job.version + 1,
            progress=0.0,
            step="",
            message="",
            current=None,
            total=None,
            steps=null(),
        )
        .returning(*_COLUMNS)
    )


_waiting = aliased(Job)
_AWAITS = (_waiting.status == _IS_QUEUED, _waiting.cancel_requested_at.is_(None))
_FIRST_CHILD = (
    select(_waiting.id)
    .where(_waiting.parent_id == bindparam("of_parent"), *_AWAITS)
    .order_by(_waiting.position)
    .limit(1)
    .with_for_update(skip_locked=True)
)


def _first_in_line(owner: ColumnElement[bool]) -> ColumnElement[bool]:
    first = (
        select(_waiting.id)
        .where(
            _waiting.queue == bindparam("of_queue"),
            _waiting.type == bindparam("of_type"),
            owner,
            _waiting.position.is_(None),  # only children have one
            *_AWAITS,
        )
        .order_by(_waiting.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return Job.id == first.scalar_subquery()


_CLAIM = _claiming(
    Job.id == bindparam("wanted"),
    Job.attempt == bindparam("its_attempt"),
)
_CLAIM_CHILD = _claiming(Job.id == _FIRST_CHILD.scalar_subquery())
# Two, since no equality holds for NULL, and PostgreSQL seeks no index for what would.
_CLAIM_OF_OWNER = _claiming(_first_in_line(_waiting.owner_id == bindparam("of_owner")))
_CLAIM_OF_NOBODY = _claiming(_first_in_line(_waiting.owner_id.is_(None)))


def claim(session: Session, job_id: str, attempt: int, by: Claimant) -> Claim | None:
    """Make a queued attempt ours; None if it is no longer to be had, or its queue is paused."""
    return _claim(session, _CLAIM, {"wanted": job_id, "its_attempt": attempt}, by)


def claim_child(session: Session, parent_id: str, by: Claimant) -> Claim | None:
    """The first child of a parent that waits and that nobody else is about to claim."""
    return _claim(session, _CLAIM_CHILD, {"of_parent": parent_id}, by)


def claim_in_line(session: Session, line: Line, by: Claimant) -> Claim | None:
    """The first whole job of a line that nobody else is about to claim."""
    facts = {"of_queue": line.queue, "of_type": line.type}
    if line.owner_id is None:
        return _claim(session, _CLAIM_OF_NOBODY, facts, by)
    return _claim(session, _CLAIM_OF_OWNER, facts | {"of_owner": line.owner_id}, by)


def _claim(session: Session, statement: Executable, which: Mapping[str, Any], by: Claimant) -> Claim | None:
    facts = {**which, "by_owner": by.owner, "by_worker": by.worker, "by_lease_seconds": by.lease_seconds}
    row = session.connection().execute(statement, facts).one_or_none()
    if row is None:
        return None
    claimed = Claim(*row)
    record(session, claimed.id, claimed.attempt, states.QUEUED, states.STARTED, by.worker)
    return claimed
