"""Taking in much work at once: in one transaction, and with a round trip for the rings of each queue."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from ulid import ULID

from errors import Unavailable
from extensions import transaction
from models import Job
from services.jobs import moves, states
from services.jobs.registry import job_type
from services.jobs.submit import INSERT_DUE, MAX_TRIES, Promise, Submission, job_values, keep_many

LOOK_BATCH = 500  # keys in one statement


@dataclass(frozen=True, slots=True)
class Order:
    """Work that is wanted, as `submit` takes it."""

    type_name: str
    target_type: str | None = None
    target_id: str | int | None = None
    title: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    owner_id: int | None = None
    queue: str | None = None
    tags: Sequence[str] = ()


def submit_many(orders: Sequence[Order]) -> list[Submission]:
    """Promise all of this work, in one transaction: for each order a new job, or the one that is live for it already.

    :raise NotFound: if there is no such job type.
    :raise InvalidInput: if a tag is none.
    :raise Unavailable: if the jobs cannot be kept.
    """
    rows = [_row(order) for order in orders]
    for _ in range(MAX_TRIES):
        try:
            with transaction() as session:
                found = _live_jobs(session, [row["active_key"] for row in rows])
                new = _first_of_each_key(row for row in rows if row["active_key"] not in found)
                _write_many(session, new)
        except IntegrityError:  # somebody has just submitted one of them
            continue
        keep_many(Promise(row["id"], job_type(row["type"]), row["queue"], states.QUEUED) for row in new)
        begun = {row["id"] for row in new}
        found |= {row["active_key"]: Submission(row["id"], states.QUEUED, already_running=True) for row in new}
        return [
            Submission(row["id"], states.QUEUED, already_running=False)
            if row["id"] in begun
            else found[row["active_key"]]
            for row in rows
        ]
    raise Unavailable("The work could not be taken in just now; try again.")


def _row(order: Order) -> dict[str, Any]:
    kind = job_type(order.type_name)
    target = None if order.target_id is None else str(order.target_id)
    values = job_values(kind, order.target_type, target, order.title, order.params, order.owner_id, order.tags)
    return {"id": str(ULID()), "status": states.QUEUED, "queue": order.queue or kind.queue, **values}


def _live_jobs(session: Session, keys: Iterable[str | None]) -> dict[str | None, Submission]:
    """The jobs that are live for these keys."""
    found: dict[str | None, Submission] = {}
    wanted = [key for key in keys if key is not None]
    for batch in (wanted[at : at + LOOK_BATCH] for at in range(0, len(wanted), LOOK_BATCH)):
        rows = session.execute(select(Job.active_key, Job.id, Job.status).where(Job.active_key.in_(batch)))
        found |= {row.active_key: Submission(row.id, row.status, already_running=True) for row in rows}
    return found


def _first_of_each_key(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """All without a key, and of those with the same one the first."""
    return list({row["active_key"] or row["id"]: row for row in reversed(list(rows))}.values())[::-1]


def _write_many(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        session.connection().execute(INSERT_DUE, list(rows))
        moves.record_many(session, [(row["id"], 1, None, states.QUEUED) for row in rows])
