"""Having something rendered: the row is committed first, and only then the renderer is asked, outside any transaction.

With the row comes a job that asks if we die before we have; where we have, it finds nothing to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from ulid import ULID

from clients.renderer import RendererRefused
from errors import BackbeatError, Conflict, InvalidInput, TransientError, Unavailable
from extensions import db, db_now, transaction
from models import Job, Render
from services import vault
from services.access import tokens as secrets
from services.jobs.submit import active_key, promise, submit
from services.renders import inputs, renderers, states, targets, timing
from services.renders.asking import ASKING_SECONDS, ask

log = structlog.get_logger(__name__)

TEND_RENDER, RENDER, TITLE = "tend_render", "render", "A render"
# What a job is told that only asks for a render, where nobody has: by then whoever took it in has, or is lost.
ONLY_ASKS = {"only_asks": True}
ASKED_BY_SECONDS = ASKING_SECONDS + 5.0
# The live render can end between our insert and our look; each further try meets another one or makes its own.
MAX_TRIES = 5


@dataclass(frozen=True, slots=True)
class Started:
    """The render that will be, whether it was under way already, and whether the renderer is known to have taken it."""

    render_id: str
    already_running: bool
    is_taken: bool = False


def start(owner_id: int, operation: str, target_type: str, target_id: str, given: Mapping[str, Any]) -> Started:
    """Have an operation done; the same one that is under way is found instead of doubled.

    If the renderer does not answer now it is asked again by a job.

    :raise InvalidInput: naming what is not acceptable. :raise NotFound: if the target is somebody else's.
    :raise Conflict: if there is no renderer, it refuses, or something else is being made of the target.
    """
    renderers.current()
    if states.TARGET_OF[operation] != target_type:
        allowed = f"{operation} is for a {states.TARGET_OF[operation]}"
        raise InvalidInput(f"“target_type” cannot be taken: {allowed}.", details={"target_type": allowed})
    started = _keep(owner_id, operation, target_type, target_id, given)
    if not started.already_running:
        ask_now(started.render_id, owner_id)
    elif not started.is_taken:
        tend_later(started.render_id, owner_id)
    return started


def ask_now(render_id: str, owner_id: int) -> None:
    """Ask the renderer, or have a job do so if it does not answer. :raise Conflict: if it refuses."""
    try:
        ask(render_id)
    except RendererRefused as e:
        raise Conflict(e.message, code=e.code, details={"render_id": render_id}) from e
    except TransientError as e:
        log.warning("renderer_away", render_id=render_id, error=e.message)
        tend_later(render_id, owner_id)


def tend_later(render_id: str, owner_id: int | None) -> None:
    """Have a job ask for it, or after it, unless one does. Where there can be none just now, that is only logged:
    the same asked for again, or the renderer's next call, comes here again.
    """
    if _is_tended(render_id):
        return
    try:
        submit(TEND_RENDER, target_type=RENDER, target_id=render_id, title=TITLE, owner_id=owner_id)
    except BackbeatError as e:
        log.warning("render_not_tended", render_id=render_id, error=e.message)


def _is_tended(render_id: str) -> bool:
    """Many calls at once cost a look each, not a write."""
    key = active_key(TEND_RENDER, RENDER, render_id, {})
    found = db.session.scalar(select(exists().where(Job.active_key == key)))
    db.session.rollback()
    return bool(found)


def _keep(owner_id: int, operation: str, target_type: str, target_id: str, given: Mapping[str, Any]) -> Started:
    for _ in range(MAX_TRIES):
        try:
            with transaction() as session:
                return _insert(session, owner_id, operation, target_type, target_id, given)
        except IntegrityError:  # its target has one under way, or was made at this moment
            db.session.rollback()
        found = _live(owner_id, operation, target_type, target_id, given)
        if found is not None:
            return found
    raise Unavailable("The render could not be taken in just now; try again.")


def _insert(
    session: Session, owner_id: int, operation: str, target_type: str, target_id: str, given: Mapping[str, Any]
) -> Started:
    target = targets.find_or_make(session, owner_id, target_type, target_id)
    render_id, token = str(ULID()), secrets.new()
    checked = inputs.checked(session, operation, target, given)
    now = session.scalar(select(db_now())) or 0.0
    session.add(
        Render(
            id=render_id,
            owner_id=owner_id,
            operation=operation,
            target_type=target_type,
            target_id=target_id,
            inputs=checked,
            active_key=key_of(target_type, target_id),
            token_hash=secrets.digest(token),
            token=vault.seal(token),
            status=states.PROCESSING,
            check_at=now + timing.FIRST_CHECK_SECONDS,
            created_at=now,
            updated_at=now,
        )
    )
    session.flush()
    targets.hand_over(targets.find(session, owner_id, target_type, target_id), target_type, render_id)
    promise_to_ask(session, render_id, owner_id)
    return Started(render_id, already_running=False)


def promise_to_ask(session: Session, render_id: str, owner_id: int) -> None:
    """In the transaction of the render. :raise IntegrityError: if such a job is live."""
    promise(
        session,
        TEND_RENDER,
        target_type=RENDER,
        target_id=render_id,
        title=TITLE,
        owner_id=owner_id,
        params=ONLY_ASKS,
        delay_seconds=ASKED_BY_SECONDS,
    )


def key_of(target_type: str, target_id: str) -> str:
    """What is unique while a render of that target is under way."""
    return f"{target_type}:{target_id}"


def _live(owner_id: int, operation: str, target_type: str, target_id: str, given: Mapping[str, Any]) -> Started | None:
    """None if it is over by now, or somebody else's, whose target the next try does not find.

    :raise Conflict: if what is being made of the target is something else.
    """
    key = key_of(target_type, target_id)
    row = db.session.execute(
        select(Render.id, Render.operation, Render.inputs, Render.external_job_id).where(
            Render.active_key == key, Render.owner_id == owner_id
        )
    ).one_or_none()
    db.session.rollback()
    if row is None:
        return None
    is_same = all(row.inputs.get(name) == value for name, value in given.items() if value is not None)
    if row.operation != operation or not is_same:
        message = f"The {target_type} {target_id!r} has another render under way ({row.operation}); wait for its end."
        raise Conflict(message, code="target_busy", details={"render_id": row.id})
    return Started(row.id, already_running=True, is_taken=row.external_job_id is not None)
