"""The end of a job, and what hangs on it: all of it is written in the one transaction that ends the job.

Whoever waits for the job is freed or fails with it, and the messages are written that its people are owed. Children
have none of this: they cost nothing here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Executable, Integer, and_, bindparam, exists, select, update
from sqlalchemy.orm import Session

from models import Job, NoticeAddress, WebhookEndpoint
from services.jobs import dependencies, states
from services.jobs.fingerprint import error_group
from services.jobs.moves import end_values, record
from services.jobs.registry import JOB_TYPES, is_in_pipeline, resolve
from services.notices import outbox as notices
from services.webhooks import outbox
from services.webhooks.outbox import Ended


class Concerned(NamedTuple):
    """Whether somebody is concerned by an end: endpoints, addresses for notices, jobs that wait for it."""

    endpoints: bool
    addresses: bool
    waiting: bool


_EVERYBODY = Concerned(endpoints=True, addresses=True, waiting=True)
_of_its_owner = bindparam("owner_id", type_=Integer)
_ANYBODY = select(
    exists().where(WebhookEndpoint.owner_id == _of_its_owner, WebhookEndpoint.is_standing)
    | exists().where(WebhookEndpoint.id == bindparam("webhook_id", type_=Integer)),
    exists().where(NoticeAddress.owner_id == _of_its_owner),
    exists().where(Job.after_id == bindparam("ended_id"), dependencies.STILL_WAITS),
)
ENDED_COLUMNS = (Job.id, Job.attempt, Job.parent_id, Job.owner_id, Job.webhook_id, Job.created_at, Job.type)


def end(
    session: Session, guard: ColumnElement[bool], status: str, *, from_status: str, reason: str = "", **values: Any
) -> bool:
    """Move the one job that the guard names to its end; false if it holds for none."""
    return end_by(session, ending(guard, status, **values), {}, status, from_status=from_status, reason=reason)


def ending(guard: ColumnElement[bool], status: str, **values: Any) -> Executable:
    """The statement that moves the job that the guard names to its end."""
    return update(Job).where(guard).values(**end_values(status, **values)).returning(*ENDED_COLUMNS)


def end_by(
    session: Session,
    statement: Executable,
    facts: Mapping[str, Any],
    status: str,
    *,
    from_status: str,
    reason: str = "",
) -> bool:
    """The same by a statement that was made before, with these facts."""
    row = session.connection().execute(statement, facts).one_or_none()
    if row is None:
        return False
    record(session, row.id, row.attempt, from_status, status, reason)
    ended(session, [Ended(*row)], status)
    return True


def ended(session: Session, jobs: Sequence[Ended], status: str) -> None:
    """To be called once for each attempt that ends, in its transaction; all of these have ended alike."""
    whole = [job for job in jobs if job.parent_id is None]
    if not whole:
        return
    for job in whole:
        _tell_its_own(session, job, status)
    concerned = _concerned(session, whole[0]) if len(whole) == 1 else _EVERYBODY
    told = [job for job in whole if not is_in_pipeline(job.type)]
    if told and concerned.endpoints:
        outbox.queue_for(session, told, status)
    if told and concerned.addresses:
        notices.queue_for(session, told, status)
    if concerned.waiting:
        settle(session, [job.id for job in whole], status)


def _tell_its_own(session: Session, job: Ended, status: str) -> None:
    """What a type of job keeps of an end beyond the job's row, success or not."""
    kind = JOB_TYPES.get(job.type)
    if kind is not None and kind.ended is not None:
        resolve(kind.ended)(session, job.id, status)


def _concerned(session: Session, job: Ended) -> Concerned:
    """Whom its end may concern: nobody, mostly, and one look is cheaper than three."""
    facts = {"ended_id": job.id, "owner_id": job.owner_id, "webhook_id": job.webhook_id}
    return Concerned(*session.connection().execute(_ANYBODY, facts).one())


def settle(session: Session, awaited_ids: Sequence[str], status: str | None) -> None:
    """Free those that wait for these jobs, or end them where these did not finish; None: these are gone."""
    if status == states.FINISHED:
        dependencies.free(session, awaited_ids)
        return
    for row in dependencies.waiting_for(session, awaited_ids):
        _fail(session, row, status)


def settle_forgotten(session: Session, *, limit: int) -> int:
    """Settle those that wait for what is over or gone already: the janitor's part. How many were waited for.

    Nothing is left for it as long as every end comes by here; but a database may have been mended by hand.
    """
    found = dependencies.forgotten(session, limit=limit)
    for awaited_id, status in found.items():
        settle(session, [awaited_id], status)
    return len(found)


def _fail(session: Session, waiting: Any, status: str | None) -> None:
    """Those that wait for this one fail with it in turn."""
    code, error = dependencies.DEPENDENCY_FAILED, dependencies.sentence(waiting.after_id, status)
    guard = and_(Job.id == waiting.id, Job.attempt == waiting.attempt, Job.status == states.DEFERRED)
    end(
        session,
        guard,
        states.FAILED,
        from_status=states.DEFERRED,
        reason=f"{code}: {error}",
        error_code=code,
        error=error,
        error_group=error_group(waiting.type, code, error),
    )
