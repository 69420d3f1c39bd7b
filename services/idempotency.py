"""Requests that come twice: the same key and request get the same answer, and their work is done once.

The header is `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). A key is its owner's for a day. The answer
is kept sealed, since some answers show a secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import ColumnElement, UpdateBase, and_, delete, insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from errors import Conflict, InvalidInput
from extensions import db, db_now, transaction
from models import IdempotentRequest
from services import vault

log = structlog.get_logger(__name__)

KEPT_SECONDS = 24 * 3600
# Whoever has not answered by then was lost in the middle of it; no request may take so long.
LOST_AFTER_SECONDS = 180
MAX_KEY_CHARS = 255


class BeingAnswered(Conflict):
    """The first request with this key has not been answered yet; worth another try a moment later."""

    code = "idempotency_key_in_use"
    retry_after_seconds = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given."""

    status: int
    headers: Mapping[str, str]
    body: str


def checked(key: str) -> str:
    """:raise InvalidInput: if it cannot be a key."""
    if not 1 <= len(key) <= MAX_KEY_CHARS or not key.isascii() or not key.isprintable():
        raise InvalidInput(
            "The Idempotency-Key cannot be used.",
            code="bad_idempotency_key",
            details={"Idempotency-Key": f"1 to {MAX_KEY_CHARS} printable ASCII characters, such as a UUID"},
        )
    return key


def begin(owner_id: int, key: str, digest: str) -> Kept | None:
    """Take a request on; or the answer that was given to it before.

    :raise InvalidInput: if the key came with another request.
    :raise BeingAnswered: if the first with this key is still being answered.
    """
    if _take(owner_id, key, digest):
        return None
    row = db.session.execute(select(IdempotentRequest.__table__).where(_of(owner_id, key))).one_or_none()
    db.session.rollback()
    if row is None:
        raise _in_use()
    if row.request_digest != digest:
        raise InvalidInput(
            "This Idempotency-Key came with another request; take a new one for each.", code="idempotency_key_reused"
        )
    if row.status is None:
        raise _in_use()
    return _answer(row)


def _in_use() -> BeingAnswered:
    return BeingAnswered("The first request with this Idempotency-Key is still being answered; ask again in a moment.")


def _answer(row: Row[Any]) -> Kept:
    return Kept(row.status, row.headers, vault.unseal(row.body.encode()))


def _take(owner_id: int, key: str, digest: str) -> bool:
    """Whether the key is ours: a new one, one whose day is over, or one whose request was lost."""
    try:
        with transaction() as session:
            session.execute(delete(IdempotentRequest).where(_of(owner_id, key), _is_over()))
            session.execute(
                insert(IdempotentRequest).values(owner_id=owner_id, key=key, request_digest=digest, created_at=db_now())
            )
    except IntegrityError:
        return False
    return True


def keep(owner_id: int, key: str, answer: Kept) -> None:
    """Keep what was answered. The work is done by now, so whoever asked is told so whatever becomes of this."""
    sealed = vault.seal(answer.body).decode()
    values = {"status": answer.status, "headers": dict(answer.headers), "body": sealed}
    _settle(update(IdempotentRequest).where(_of(owner_id, key), _is_unanswered()).values(**values))


def forget(owner_id: int, key: str) -> None:
    """Let the key be used again: what went wrong may go well the next time."""
    _settle(delete(IdempotentRequest).where(_of(owner_id, key), _is_unanswered()))


def prune() -> None:
    """Forget what is older than a day: the janitor's part."""
    with transaction() as session:
        session.execute(delete(IdempotentRequest).where(_is_over()))


def _settle(statement: UpdateBase) -> None:
    try:
        with transaction() as session:
            session.execute(statement)
    except SQLAlchemyError as e:  # the key is free again once its request counts as lost
        log.warning("answer_not_kept", error=str(e))


def _is_unanswered() -> ColumnElement[bool]:
    return IdempotentRequest.status.is_(None)


def _of(owner_id: int, key: str) -> ColumnElement[bool]:
    return and_(IdempotentRequest.owner_id == owner_id, IdempotentRequest.key == key)


def _is_over() -> ColumnElement[bool]:
    created_at = IdempotentRequest.created_at
    lost = and_(_is_unanswered(), created_at < db_now() - LOST_AFTER_SECONDS)
    return or_(created_at < db_now() - KEPT_SECONDS, lost)
