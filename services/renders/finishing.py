"""The one door by which a render ends, whoever finds out: the renderer's call, or looking.

One guarded statement decides. What hangs on the end (its target's status and file, the job that copies its output, what
is written down) is in the same transaction; whoever comes second changes nothing but the record of having come.
"""

from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from extensions import db_now, transaction
from models import Render
from services.renders import copies, events, states, targets, timing
from services.renders.outcomes import Outcome

NOTES = {
    states.WEBHOOK: "Found by the renderer's call.",
    states.POLL: "Found by looking.",
    None: "It never got to the renderer.",
}


def finish(render_id: str, found_by: str | None, outcome: Outcome, *, token_hash: str | None = None) -> bool:
    """End a render, once; false if it was over already, or is not there.

    What was seen with a `token_hash` is of that asking only: once the render has been begun anew it says nothing.
    """
    with transaction() as session:
        return finish_within(session, render_id, found_by, outcome, token_hash=token_hash)


def finish_within(
    session: Session, render_id: str, found_by: str | None, outcome: Outcome, *, token_hash: str | None = None
) -> bool:
    """The same in a transaction of the caller's, who may end many in one."""
    ended = session.execute(
        update(Render)
        .where(*_open(render_id, outcome, token_hash))
        .values(_values(found_by, outcome))
        .returning(Render.owner_id, Render.target_type, Render.target_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if ended is None:
        _came_late(session, render_id, found_by, outcome, token_hash)
        return False
    targets.take(session, ended.target_type, ended.target_id, render_id, outcome)
    if outcome.status == states.COMPLETED:
        copies.promise_copy(session, render_id, ended.owner_id)
    _record(session, render_id, events.FINISHED, found_by, outcome)
    return True


def _open(render_id: str, outcome: Outcome, token_hash: str | None) -> tuple[ColumnElement[bool], ...]:
    its = (Render.id == render_id, Render.status.in_(states.leading_to(outcome.status)))
    return its if token_hash is None else (*its, Render.token_hash == token_hash)


def _values(found_by: str | None, outcome: Outcome) -> dict[str, Any]:
    values = {
        "status": outcome.status,
        "found_by": found_by,
        "note": " ".join(filter(None, (NOTES[found_by], outcome.note))),
        "output_url": outcome.output_url,
        "error": outcome.error,
        "output_at": outcome.output_at,
        "output_bytes": outcome.output_bytes,
        "active_key": None,
        "asking_until": None,
        "check_at": db_now() + timing.EXPIRED_SECONDS if outcome.status == states.EXPIRED else None,
        "finished_at": db_now(),
        "updated_at": db_now(),
    }
    # The renderer may have been asked twice, of which we know one: it is the job that came to an end which counts.
    return values | ({"external_job_id": outcome.external_job_id} if outcome.external_job_id else {})


def _came_late(
    session: Session, render_id: str, found_by: str | None, outcome: Outcome, token_hash: str | None
) -> None:
    """It is over: as this says, or otherwise, which is flagged and changes nothing else."""
    row = session.execute(select(Render.status, Render.token_hash).where(Render.id == render_id)).one_or_none()
    if row is None:
        return
    if token_hash not in {None, row.token_hash}:
        _record(session, render_id, events.UNKNOWN, found_by, outcome)
        return
    # What was given up has had no end yet that another one could contradict.
    if outcome.status == row.status or states.EXPIRED in {outcome.status, row.status}:
        _record(session, render_id, events.LATE, found_by, outcome)
        return
    flag(session, render_id)
    _record(session, render_id, events.CONTRADICTED, found_by, outcome)


def flag(session: Session, render_id: str) -> None:
    """Mark a render of which somebody says another end than the one it had."""
    session.execute(
        update(Render)
        .where(Render.id == render_id, Render.is_contradicted.is_(False))
        .values(is_contradicted=True)
        .execution_options(synchronize_session=False)
    )


def _record(session: Session, render_id: str, kind: str, found_by: str | None, outcome: Outcome) -> None:
    events.record(
        session,
        render_id,
        kind,
        found_by or "",
        said=outcome.status,
        external_job_id=outcome.external_job_id,
        note=outcome.error or "",
    )
