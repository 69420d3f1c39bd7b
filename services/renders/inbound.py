"""What a call to our webhook means. It is a hint: before anything is believed the renderer is asked.

Early (before we know the renderer's name for the job), late, repeated, contradictory and forged calls are all harmless.
"""

import threading
from dataclasses import dataclass

import structlog
from sqlalchemy import exists, select

from errors import Conflict, TransientError
from extensions import DATABASE_AWAY, db, transaction
from models import Render, RenderEvent
from services.renders import events, finishing, looking, states, tokens
from services.renders.start import tend_later
from services.renders.tokens import Bearer

log = structlog.get_logger(__name__)

# So many threads of a process may wait for the renderer's word; what comes beside them a job looks after.
_turns = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Call:
    """What the renderer says: its job, our order, and whether that is done (a code of 200 and some) or failed."""

    external_job_id: str
    order_id: str | None
    code: int

    @property
    def said(self) -> str:
        return states.COMPLETED if 200 <= self.code < 300 else states.FAILED


def hear(token: str, call: Call) -> str:
    """What became of a call, one of `events.KINDS`. Whatever it is, the caller is told no more than that it was heard.

    :raise Unauthenticated: if the token is nobody's. :raise SQLAlchemyError: if it could not be kept.
    """
    try:
        return _dealt_with(tokens.bearer_of(token), call)
    except DATABASE_AWAY as e:
        if not states.is_over(tokens.bearer_of(token).status):
            raise
        log.warning("call_not_written_down", external_job_id=call.external_job_id, error=type(e).__name__)
        return events.LATE  # somebody else has ended it, which is all that matters of many calls at once


def _dealt_with(render: Bearer, call: Call) -> str:
    if not _may_be_its(render, call):
        return _write_down(render, call, events.UNKNOWN)
    if states.is_over(render.status):
        return _after_its_end(render, call)
    return _asked_back(render, call)


def _may_be_its(render: Bearer, call: Call) -> bool:
    return render.external_job_id in {None, call.external_job_id} or call.order_id == render.id


def _after_its_end(render: Bearer, call: Call) -> str:
    if call.said != render.status:
        return _write_down(render, call, events.CONTRADICTED)
    return _write_down(render, call, events.REPEATED if _was_heard(render.id) else events.LATE)


def _was_heard(render_id: str) -> bool:
    heard = exists().where(
        RenderEvent.render_id == render_id,
        RenderEvent.said_by == states.WEBHOOK,
        RenderEvent.kind.in_((events.FINISHED, events.LATE)),
    )
    found = bool(db.session.scalar(select(heard)))
    db.session.rollback()
    return found


def _asked_back(render: Bearer, call: Call) -> str:
    if not _turns.acquire(blocking=False):
        return _put_off(render, call, "Many calls came at once; a job looks after this one.")
    try:
        is_known = call.external_job_id == render.external_job_id
        asked = looking.Asked(render.id, render.token_hash)
        looked = looking.look(asked, call.external_job_id, states.WEBHOOK, is_known=is_known)
    except (TransientError, Conflict) as e:  # the latter: its settings have been taken away
        return _put_off(render, call, e.message)
    finally:
        _turns.release()
    return _come_to(render, call, looked)


def _come_to(render: Bearer, call: Call, looked: looking.Looked) -> str:
    if looked.came_to == looking.NOT_ITS:
        return _write_down(render, call, events.UNKNOWN, "The renderer knows nothing of it.")
    if looked.came_to == looking.UNDER_WAY:
        return _write_down(render, call, events.CONTRADICTED, "The renderer itself says that it is still at it.")
    if looked.came_to == looking.NO_OUTPUT:
        return _put_off(render, call, looked.note)
    return events.FINISHED if looked.came_to == looking.ENDED else events.LATE


def _put_off(render: Bearer, call: Call, note: str) -> str:
    kind = _write_down(render, call, events.WAITING, note)
    owner_id = db.session.scalar(select(Render.owner_id).where(Render.id == render.id))
    db.session.rollback()
    tend_later(render.id, owner_id)
    return kind


def _write_down(render: Bearer, call: Call, kind: str, note: str = "") -> str:
    with transaction() as session:
        if kind == events.CONTRADICTED and states.is_over(render.status):
            finishing.flag(session, render.id)
        events.record(
            session,
            render.id,
            kind,
            states.WEBHOOK,
            said=call.said,
            external_job_id=call.external_job_id,
            note=note,
        )
    return kind
