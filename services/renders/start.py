"""Having something rendered: the row is committed first, and only then the renderer is asked, outside any transaction.

With the row comes a job that asks if we die before we have; where we have, it finds nothing to do.

Asking is safe to run twice: whoever asks holds the render's turn for a while, and what the renderer has taken is not
asked for again. If we die between its yes and our writing that down it is asked a second time, under the same order id,
and whichever of its jobs ends first ends the render.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from ulid import ULID

from clients.renderer import Order, RendererRefused
from errors import BackbeatError, Conflict, InvalidInput, TransientError, Unavailable
from extensions import db, db_now, seekable_now, transaction
from models import Job, Render
from services import vault
from services.access import tokens as secrets
from services.jobs.submit import active_key, promise, submit
from services.renders import events, inputs, renderers, states, targets, timing, tokens
from services.renders.finishing import finish
from services.renders.outcomes import Outcome

log = structlog.get_logger(__name__)

ASKING_SECONDS = 30.0  # longer than any answer is waited for
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
    targets.hand_over(target, target_type, render_id)
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


def ask(render_id: str) -> None:
    """Ask the renderer for a render that it has not taken yet, unless somebody else is asking just now.

    :raise RendererRefused: if it will not do it; the render has failed then.
    :raise TransientError: if it did not answer; it may have taken it all the same.
    """
    turn = _take_turn(render_id)
    if turn is None:
        return
    try:
        external_job_id = renderers.current().start(turn.order)
    except RendererRefused as e:
        finish(render_id, None, Outcome(states.FAILED, error=e.message), token_hash=turn.token_hash)
        raise
    except TransientError:
        _give_turn_back(render_id, turn.token_hash)
        raise
    _note_taken(render_id, turn.token_hash, external_job_id)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What the renderer is asked for, and which asking of the render that is: it may be begun anew meanwhile."""

    order: Order
    token_hash: str


def _take_turn(render_id: str) -> _Turn | None:
    free = or_(Render.asking_until.is_(None), Render.asking_until < seekable_now())
    with transaction() as session:
        row = session.execute(
            update(Render)
            .where(Render.id == render_id, Render.status == states.PROCESSING, Render.external_job_id.is_(None), free)
            .values(asking_until=db_now() + ASKING_SECONDS, asks=Render.asks + 1, updated_at=db_now())
            .returning(Render.operation, Render.inputs, Render.token, Render.token_hash)
            .execution_options(synchronize_session=False)
        ).one_or_none()
    if row is None:
        return None
    order = Order(render_id, row.operation, row.inputs, tokens.webhook_url(vault.unseal(row.token)))
    return _Turn(order, row.token_hash)


def _give_turn_back(render_id: str, token_hash: str) -> None:
    with transaction() as session:
        session.execute(
            update(Render)
            .where(Render.id == render_id, Render.token_hash == token_hash)
            .values(asking_until=None)
            .execution_options(synchronize_session=False)
        )


def _note_taken(render_id: str, token_hash: str, external_job_id: str) -> None:
    """Unless its call has come before this, from which its name for the job is known."""
    with transaction() as session:
        session.execute(
            update(Render)
            .where(Render.id == render_id, Render.token_hash == token_hash, Render.external_job_id.is_(None))
            .values(external_job_id=external_job_id, asked_at=db_now(), asking_until=None, updated_at=db_now())
            .execution_options(synchronize_session=False)
        )
        events.record(session, render_id, events.STARTED, "", external_job_id=external_job_id)
