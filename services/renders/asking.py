"""Asking the renderer for one render, by one at a time.

Asking is safe to run twice: whoever asks holds the render's turn for a while, and what the renderer has taken is not
asked for again. If we die between its yes and our writing that down it is asked a second time, under the same order id,
and whichever of its jobs ends first ends the render.
"""

from dataclasses import dataclass

from sqlalchemy import or_, update

from clients.renderer import Order, RendererRefused
from errors import TransientError
from extensions import db_now, seekable_now, transaction
from models import Render
from services import vault
from services.renders import events, renderers, states, tokens
from services.renders.finishing import finish
from services.renders.outcomes import Outcome

ASKING_SECONDS = 30.0  # longer than any answer is waited for


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
        taken = session.execute(
            update(Render)
            .where(Render.id == render_id, Render.token_hash == token_hash, Render.external_job_id.is_(None))
            .values(
                external_job_id=external_job_id,
                asked_at=db_now(),
                asking_until=None,
                check_errors=0,
                updated_at=db_now(),
            )
            .returning(Render.id)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if taken is not None:
            events.record(session, render_id, events.STARTED, "", external_job_id=external_job_id)
