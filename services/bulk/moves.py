"""A batch of jobs in one transaction. Every move has the same guard as that of a single job; how many rows it changed
decides what counts as done.

Each function takes ids, and gives back what moved, with what is to be done once that is committed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, String, and_, delete, insert, literal, not_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from errors import Conflict
from extensions import db_now
from models import Job, JobEvent
from services.bulk import actions, after
from services.bulk.actions import Action
from services.jobs import dependencies, endings, family, priority, states, transitions
from services.jobs.dependencies import Standing
from services.jobs.moves import end_values, move_many, reopen_values
from services.jobs.registry import JOB_TYPES, is_retryable
from services.jobs.submit import active_key
from services.webhooks.outbox import Ended

REASON_RETRIED, REASON_CANCELED = "retried by a person", "canceled by a person"
_COLUMNS = (
    Job.id,
    Job.attempt,
    Job.version,
    Job.status,
    Job.type,
    Job.target_type,
    Job.target_id,
    Job.params,
    Job.queue,
    Job.parent_id,
    Job.children_total,
    Job.owner_id,
    Job.webhook_id,
    Job.after_id,
    Job.created_at,
)
Rows = Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class Moved:
    """How many jobs were changed; `follow_up` is for after the commit, and may be lost by a crash."""

    count: int
    follow_up: Callable[[], None]


def apply(session: Session, action: Action, ids: Sequence[str], queue: str) -> Moved:
    """Do it to those of these jobs that are in a state for it now.

    :raise IntegrityError: if one of them meets the same work in another job; nothing may be committed then.
    """
    if action.name == actions.RETRY:
        return _retry(session, ids)
    if action.name == actions.CANCEL:
        return _cancel(session, ids)
    if action.name == actions.DELETE:
        return _delete(session, ids)
    standings = priority.move_to(session, ids, queue)
    return Moved(len(standings), partial(priority.follow_up, standings, queue))


def _locked(session: Session, ids: Sequence[str], in_states: Sequence[str]) -> Rows:
    wanted = select(*_COLUMNS).where(Job.id.in_(ids), Job.status.in_(in_states)).order_by(Job.id)
    return session.execute(wanted.with_for_update()).all()


def _retry(session: Session, ids: Sequence[str]) -> Moved:
    rows = _locked(session, ids, (states.FAILED, states.CANCELED))
    keys = _free_keys(session, [row for row in rows if is_retryable(row.type)])
    free = [row for row in rows if row.id in keys]
    parents = [row for row in free if row.children_total is not None]
    reopened = [row for row in parents if _reopen_parent(session, row, keys[row.id])]
    begun: list[Row[Any]] = []
    for type_name, group in _grouped(free, _type_if_alone).items():
        begun += _reopen(session, group, keys, attempts=JOB_TYPES[type_name].max_attempts)
    # Behind the others: what one of them waited for may be among those.
    begun += [row for row in free if _waited(row) and _reopen_dependent(session, row, keys[row.id])]
    for row in begun:
        if _may_have_children(row):  # it was stopped while it made them: those that are there start over with it
            _reopen_children(session, row)
    return Moved(len(reopened) + len(begun), partial(after.retried, begun, reopened))


def _waited(row: Row[Any]) -> bool:
    return row.children_total is None and row.after_id is not None


def _type_if_alone(row: Row[Any]) -> str | None:
    return None if _waited(row) or row.children_total is not None else str(row.type)


def _free_keys(session: Session, rows: Rows) -> dict[str, str | None]:
    """The active key of each job that can be live again: nobody else has it, nor an earlier job of this batch."""
    wanted = {row.id: _key_of(row) for row in rows}
    taken: set[str] = set(session.scalars(select(Job.active_key).where(Job.active_key.in_(_given(wanted.values())))))
    free: dict[str, str | None] = {}
    for job_id, key in wanted.items():
        if key is None or key not in taken:
            free[job_id] = key
            taken |= {key} if key else set()
    return free


def _key_of(row: Row[Any]) -> str | None:
    return None if row.parent_id else active_key(row.type, row.target_type, row.target_id, row.params)


def _given(keys: Iterable[str | None]) -> list[str]:
    return [key for key in keys if key is not None]


def _reopen_parent(session: Session, row: Row[Any], key: str | None) -> bool:
    """A parent starts over those of its children that did not finish."""
    attempts = JOB_TYPES[row.type].max_attempts
    reopened = transitions.reopen(
        session, row.id, attempts=attempts, active_key=key, to=Standing(states.STARTED), reason=REASON_RETRIED
    )
    if reopened:
        _reopen_children(session, row)
    return reopened


def _reopen_dependent(session: Session, row: Row[Any], key: str | None) -> bool:
    """A job that never began, since what it waits for did not finish: it waits again, if that is worth while now."""
    try:
        to = dependencies.standing(session, row.after_id)
    except Conflict:
        return False
    attempts = JOB_TYPES[row.type].max_attempts
    return transitions.reopen(session, row.id, attempts=attempts, active_key=key, to=to, reason=REASON_RETRIED)


def _reopen_children(session: Session, parent: Row[Any]) -> None:
    attempts = JOB_TYPES[parent.type].max_attempts
    family.reopen_children(session, parent.id, attempts=attempts, reason="the parent was retried")


def _reopen(session: Session, rows: Rows, keys: Mapping[str, str | None], *, attempts: int) -> Rows:
    """They are taken to be rung for, as after `submit`."""
    values = reopen_values(states.QUEUED, attempts=attempts, active_key=None) | {"dispatched_at": db_now()}
    moved = _move(session, rows, (states.FAILED, states.CANCELED), values, states.QUEUED, REASON_RETRIED)
    keyed = [{"id": row.id, "active_key": keys[row.id]} for row in moved if keys[row.id]]
    if keyed:
        session.execute(update(Job), keyed)
    return moved


def _cancel(session: Session, ids: Sequence[str]) -> Moved:
    rows = _locked(session, ids, states.LIVE)
    values = end_values(states.CANCELED, cancel_requested_at=db_now())
    waiting = [row for row in rows if row.status in states.WAITING]
    canceled = _move(session, waiting, states.WAITING, values, states.CANCELED, REASON_CANCELED)
    endings.ended(session, [_ended(row) for row in canceled], states.CANCELED)
    running = [row for row in rows if row.status == states.STARTED]
    _request_cancel(session, [row.id for row in running])
    for row in rows:
        if _may_have_children(row):
            family.cancel_waiting_children(session, row.id, reason="the parent was canceled")
            family.request_cancel_of_children(session, row.id)
    return Moved(len(canceled) + len(running), partial(after.canceled, canceled, running))


def _ended(row: Row[Any]) -> Ended:
    return Ended(row.id, row.attempt, row.parent_id, row.owner_id, row.webhook_id, row.created_at, row.type)


def _request_cancel(session: Session, ids: Sequence[str]) -> None:
    guard = and_(Job.id.in_(ids), Job.status == states.STARTED, Job.cancel_requested_at.is_(None))
    move_many(session, guard, {"cancel_requested_at": db_now(), "updated_at": db_now()})


def _may_have_children(row: Row[Any]) -> bool:
    kind = JOB_TYPES.get(row.type)
    return row.children_total is not None or kind is None or kind.has_children


def _delete(session: Session, ids: Sequence[str]) -> Moved:
    over = and_(Job.id.in_(ids), Job.status.in_(states.ENDED), not_(family.has_live_children()))
    statement = delete(Job).where(over).returning(Job.id).execution_options(synchronize_session=False)
    gone = list(session.scalars(statement))
    return Moved(len(gone), partial(after.deleted, gone))


def _move(
    session: Session, rows: Rows, from_states: Sequence[str], values: Mapping[str, Any], to_status: str, reason: str
) -> Rows:
    """Move jobs from any of these states, with a `JobEvent` for each; those that moved."""
    statement = (
        update(Job)
        .where(Job.id.in_([row.id for row in rows]), Job.status.in_(from_states))
        .values(**values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    moved = set(session.scalars(statement)) if rows else set()
    for from_status, group in _grouped(rows, lambda row: row.status if row.id in moved else None).items():
        _record(session, Job.id.in_([row.id for row in group]), from_status, to_status, reason)
    return [row for row in rows if row.id in moved]


def _record(session: Session, which: ColumnElement[bool], from_status: str, to_status: str, reason: str) -> None:
    columns = ("job_id", "attempt", "from_status", "to_status", "reason", "at")
    came = select(Job.id, Job.attempt, *(literal(text, String) for text in (from_status, to_status, reason)), db_now())
    session.execute(insert(JobEvent).from_select(columns, came.where(which)))


def _grouped(rows: Rows, by: Callable[[Row[Any]], str | None]) -> dict[str, list[Row[Any]]]:
    """By what the function says of each; those of which it says nothing are left out."""
    groups: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        name = by(row)
        if name is not None:
            groups[name].append(row)
    return groups
