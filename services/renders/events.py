"""What was said of a render, and what became of it: written down, so that every call can be accounted for."""

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from extensions import db_now
from models import RenderEvent

STARTED = "started"  # the renderer has taken it
FINISHED = "finished"  # this ended it
LATE = "late"  # it was over already, as this says
REPEATED = "repeated"  # this was said before
UNKNOWN = "unknown"  # of a job of the renderer's that is not this render's
CONTRADICTED = "contradicted"  # somebody who knows better says otherwise
WAITING = "waiting"  # it could not be seen whether it is so: asked again later
RETRIED = "retried"  # somebody had it begun anew
KINDS = (STARTED, FINISHED, LATE, REPEATED, UNKNOWN, CONTRADICTED, WAITING, RETRIED)

# Of one render. Whoever says the same for ever must not fill the disk.
MAX_KEPT = 200
MAX_NOTE_CHARS = 500


def record(
    session: Session,
    render_id: str,
    kind: str,
    said_by: str,
    *,
    said: str | None = None,
    external_job_id: str | None = None,
    note: str = "",
) -> None:
    """Write one down; beyond `MAX_KEPT` only what changed something."""
    if kind not in {STARTED, FINISHED, RETRIED} and _kept(session, render_id) >= MAX_KEPT:
        return
    session.execute(
        insert(RenderEvent).values(
            render_id=render_id,
            kind=kind,
            said_by=said_by,
            said=said,
            external_job_id=external_job_id,
            note=note[:MAX_NOTE_CHARS],
            at=db_now(),
        )
    )


def _kept(session: Session, render_id: str) -> int:
    return session.scalar(select(func.count()).where(RenderEvent.render_id == render_id)) or 0
