"""What came of a try, written down: the try, what follows for its message, and what for the endpoint."""

import random
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import func, not_, or_, select, update
from sqlalchemy.orm import Session

import clock
from clients.webhook_http import Answer
from extensions import db_now, transaction
from models import WebhookDelivery, WebhookEndpoint, WebhookTry
from services import audit
from services.webhooks import leases
from services.webhooks.backoff import (
    DAY,
    SILENCE_SECONDS,
    Decision,
    GiveUp,
    Later,
    SwitchOff,
    after_failure,
    is_success,
    retry_after,
)
from services.webhooks.leases import Taken, is_free, is_ours
from services.webhooks.states import DELIVERED, FAILED, PENDING

log = structlog.get_logger(__name__)

JANITOR = "janitor"
DELIVERED_WORD, FAILED_WORD, GIVEN_UP, SWITCHED_OFF, LATE = "delivered", "failed", "given_up", "switched_off", "late"
OUTCOMES = (DELIVERED_WORD, FAILED_WORD, GIVEN_UP, SWITCHED_OFF, LATE)
MAX_ERROR_CHARS = 300


@dataclass(frozen=True, slots=True)
class _Try:
    taken: Taken
    answer: Answer
    now: float


def note(taken: Taken, answer: Answer) -> str:
    """Write it down; one of `OUTCOMES`. `late`: somebody else has the message by now, so only the try is noted."""
    with transaction() as session:
        made = _Try(taken, answer, session.scalar(select(db_now())) or 0.0)
        # The endpoint first, as whoever changes or deletes it does: the other way round the two would wait in a ring.
        endpoint = session.get(WebhookEndpoint, taken.endpoint_id, with_for_update={"key_share": True})
        if endpoint is None:
            return LATE
        kept_id = _keep(session, made)
        if session.scalar(select(WebhookDelivery.id).where(is_ours(taken)).with_for_update()) is None:
            return LATE
        if is_success(answer.code):
            endpoint.failing_since = None
            _move(session, made, state=DELIVERED, delivered_at=made.now)
            return DELIVERED_WORD
        return _failed(session, made, kept_id, endpoint)


def _keep(session: Session, made: _Try) -> int:
    """Fill the try that somebody asked for by hand, if there is one, else write another; its id."""
    answer = made.answer
    values = {
        "at": made.now - answer.seconds,
        "seconds": answer.seconds,
        "code": answer.code,
        "error": (answer.error or "")[:MAX_ERROR_CHARS] or (None if answer.code is not None else "No answer."),
        "answer": answer.text,
        "headers": dict(answer.headers),
    }
    asked_for = select(WebhookTry).where(
        WebhookTry.delivery_id == made.taken.id, WebhookTry.code.is_(None), WebhookTry.error.is_(None)
    )
    row = session.scalar(asked_for.order_by(WebhookTry.id).limit(1)) or WebhookTry(delivery_id=made.taken.id)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    return row.id


def _failed(session: Session, made: _Try, kept_id: int, endpoint: WebhookEndpoint) -> str:
    if endpoint.failing_since is None or not _was_tried_lately(session, made, kept_id):
        endpoint.failing_since = made.now
    decision = _decide(session, made, made.now - endpoint.failing_since)
    match decision:
        case Later():
            _move(session, made, due_at=made.now + decision.delay_seconds)
            _slow_down(session, made, decision.whole_endpoint_seconds)
            return FAILED_WORD
        case GiveUp():
            _move(session, made, state=FAILED)
            return GIVEN_UP
        case SwitchOff():
            _move(session, made, state=FAILED)
            switch_off(session, endpoint, decision.reason, actor=JANITOR, now=made.now)
            return SWITCHED_OFF


def _decide(session: Session, made: _Try, failing_seconds: float) -> Decision:
    return after_failure(
        tries=made.taken.tries + 1,
        code=made.answer.code,
        retry_after_seconds=retry_after(made.answer.headers.get("retry-after"), clock.now()),
        age_seconds=made.now - _began_at(session, made),
        failing_seconds=failing_seconds,
        others_failed=_others_failed(session, made),
        chance=random.random,
    )


def _began_at(session: Session, made: _Try) -> float:
    """When the message was first due, or was last asked for by hand: its three days begin there."""
    asked = select(func.max(WebhookTry.at)).where(WebhookTry.delivery_id == made.taken.id, WebhookTry.asked_by != "")
    created_at = session.scalar(select(WebhookDelivery.created_at).where(WebhookDelivery.id == made.taken.id))
    return max(created_at or 0.0, session.scalar(asked) or 0.0)


def _was_tried_lately(session: Session, made: _Try, kept_id: int) -> bool:
    """Whether failures before this one belong to it, rather than to a time before a long silence."""
    tried = (
        select(WebhookTry.id)
        .join(WebhookDelivery, WebhookDelivery.id == WebhookTry.delivery_id)
        .where(
            WebhookDelivery.endpoint_id == made.taken.endpoint_id,
            WebhookTry.id != kept_id,
            WebhookTry.at > made.now - SILENCE_SECONDS,
            or_(WebhookTry.code.is_not(None), WebhookTry.error.is_not(None)),
        )
    )
    return session.scalar(tried.limit(1)) is not None


def _others_failed(session: Session, made: _Try) -> bool:
    failed = (
        select(WebhookTry.id)
        .join(WebhookDelivery, WebhookDelivery.id == WebhookTry.delivery_id)
        .where(
            WebhookDelivery.endpoint_id == made.taken.endpoint_id,
            WebhookDelivery.id != made.taken.id,
            WebhookTry.at > made.now - DAY,
            or_(not_(WebhookTry.code.between(200, 299)), WebhookTry.error.is_not(None)),
        )
    )
    return session.scalar(failed.limit(1)) is not None


def _move(session: Session, made: _Try, **values: Any) -> None:
    answer = made.answer
    told = {"last_code": answer.code, "last_error": (answer.error or "")[:MAX_ERROR_CHARS] or None}
    freed = {"tries": made.taken.tries + 1, "lease_owner": None, "lease_until": None}
    moved = update(WebhookDelivery).where(is_ours(made.taken)).values(**told, **freed, **values)
    session.execute(moved.execution_options(synchronize_session=False))


def _slow_down(session: Session, made: _Try, seconds: float) -> None:
    """An overloaded receiver's other messages wait as well."""
    if not seconds:
        return
    others = update(WebhookDelivery).where(
        WebhookDelivery.endpoint_id == made.taken.endpoint_id,
        WebhookDelivery.state == PENDING,
        WebhookDelivery.due_at < made.now + seconds,
        WebhookDelivery.id != made.taken.id,
        is_free(made.now),
    )
    session.execute(others.values(due_at=made.now + seconds).execution_options(synchronize_session=False))


def switch_off(session: Session, endpoint: WebhookEndpoint, reason: str, *, actor: str, now: float) -> None:
    """Send it nothing more, until somebody switches it on again."""
    endpoint.disabled_at, endpoint.disabled_reason, endpoint.updated_at = now, reason, now
    session.flush()
    leases.cancel_pending(session, endpoint.id)
    audit.write(
        session, actor, "webhook_off", "webhook", str(endpoint.id), details={"title": endpoint.url, "why": reason}
    )
    log.warning("webhook_switched_off", endpoint_id=endpoint.id, reason=reason)
