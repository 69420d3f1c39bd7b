"""What was sent to endpoints, what came of it, and sending it again."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session
from ulid import ULID

import clock
from errors import Conflict, NotFound
from extensions import current_settings, db, db_now, seekable_now, transaction
from models import WebhookDelivery, WebhookEndpoint, WebhookTry
from services import audit
from services.jobs.s2 import COMPLETED
from services.library.cursors import Cursor, decode, encode
from services.library.pages import Page, checked_limit
from services.webhooks.leases import is_free
from services.webhooks.states import ENDED, PENDING

TEST_EVENT = "webhook.test"
TEST_JOB_TYPE = "test"
DAY_SECONDS = 86_400
PRUNE_BATCH = 500
TRIES_SHOWN = 50
_SORT = "newest"
IS_TO_COME = and_(WebhookTry.code.is_(None), WebhookTry.error.is_(None))


@dataclass(frozen=True)
class Delivery:
    """A message and all that was tried with it, the last first."""

    message: WebhookDelivery
    tries: Sequence[WebhookTry]


def page_of(
    endpoint_id: int, *, state: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[WebhookDelivery]:
    """What was sent to an endpoint, or is to be, the newest first.

    :raise InvalidInput: naming the argument that is not acceptable.
    """
    checked_limit(limit)
    query = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
    if state:
        query = query.where(WebhookDelivery.state == state)
    if cursor:
        (last,) = decode(cursor, sort=_SORT, key_types=((int,),)).key
        query = query.where(WebhookDelivery.id < last)
    found = db.session.scalars(query.order_by(WebhookDelivery.id.desc()).limit(limit + 1)).all()
    more = encode(Cursor(_SORT, 0, (found[limit - 1].id,))) if len(found) > limit else None
    return Page(found[:limit], more, None)


def get(delivery_id: int) -> Delivery:
    """:raise NotFound: if there is no such delivery."""
    message = db.session.get(WebhookDelivery, delivery_id)
    if message is None:
        raise no_such_delivery(delivery_id)
    tries = select(WebhookTry).where(WebhookTry.delivery_id == delivery_id).order_by(WebhookTry.id.desc())
    return Delivery(message, db.session.scalars(tries.limit(TRIES_SHOWN)).all())


def no_such_delivery(delivery_id: int) -> NotFound:
    return NotFound(f"There is no delivery {delivery_id}.", code="delivery_not_found")


def of_job(job_id: str) -> Sequence[WebhookDelivery]:
    """Whom a job's end was told, or is to be."""
    told = select(WebhookDelivery).where(WebhookDelivery.job_id == job_id).order_by(WebhookDelivery.id)
    return db.session.scalars(told.limit(TRIES_SHOWN)).all()


def redeliver(delivery_id: int, *, actor: str) -> WebhookDelivery:
    """Have a message sent again, now: the same bytes under the same `webhook-id`. One that was over has all its tries
    before it again.

    :raise Conflict: if it is being sent at this moment, or its endpoint is switched off.
    """
    with transaction() as session:
        message = session.get(WebhookDelivery, delivery_id, with_for_update=True)
        if message is None:
            raise no_such_delivery(delivery_id)
        _refuse_if_off(session.get_one(WebhookEndpoint, message.endpoint_id))
        now = session.scalar(select(db_now())) or 0.0
        again = {"due_at": now} if message.state == PENDING else {"due_at": now, "state": PENDING, "tries": 0}
        free = update(WebhookDelivery).where(WebhookDelivery.id == delivery_id, is_free(now)).values(**again)
        if not session.execute(free.returning(WebhookDelivery.id)).all():
            raise Conflict("It is being sent at this moment.", code="delivery_under_way")
        _ask(session, delivery_id, now, actor)
        session.refresh(message)
        title = {"title": message.message_id, "event": message.event}
        audit.write(session, actor, "webhook_redeliver", "delivery", str(delivery_id), details=title)
    return message


def send_test(endpoint_id: int, *, actor: str) -> WebhookDelivery:
    """Have a made-up message sent through the outbox, signed and tried like any other.

    :raise Conflict: if the endpoint is switched off.
    """
    with transaction() as session:
        endpoint = session.get(WebhookEndpoint, endpoint_id)
        if endpoint is None:
            raise NotFound(f"There is no webhook {endpoint_id}.", code="webhook_not_found")
        _refuse_if_off(endpoint)
        now = session.scalar(select(db_now())) or 0.0
        message = _test_message(endpoint_id, now)
        session.add(message)
        session.flush()
        _ask(session, message.id, now, actor)
    return message


def _test_message(endpoint_id: int, now: float) -> WebhookDelivery:
    job_id = str(ULID())
    told = {
        "job_id": job_id,
        "job_type": TEST_JOB_TYPE,
        "status": COMPLETED,
        "progress": 100.0,
        "result": {"message": "This is a test: no job has ended."},
        "error": None,
        "seq": 1,
        "event": TEST_EVENT,
        "created_at": clock.iso(now),
        "completed_at": clock.iso(now),
    }
    return WebhookDelivery(
        message_id=f"msg_{ULID()}",
        endpoint_id=endpoint_id,
        job_id=job_id,
        attempt=1,
        event=TEST_EVENT,
        seq=1,
        body=orjson.dumps(told).decode(),
        due_at=now,
        created_at=now,
    )


def _ask(session: Session, delivery_id: int, now: float, actor: str) -> None:
    """A try that is yet to come, with who wants it: `outcomes` fills it in. Where there is one already, that is it."""
    if session.scalar(select(WebhookTry.id).where(WebhookTry.delivery_id == delivery_id, IS_TO_COME).limit(1)):
        return
    session.add(WebhookTry(delivery_id=delivery_id, at=now, seconds=0.0, asked_by=actor[: audit.ACTOR_MAX_CHARS]))


def _refuse_if_off(endpoint: WebhookEndpoint) -> None:
    if endpoint.disabled_at is not None:
        raise Conflict("The webhook is switched off; switch it on first.", code="webhook_off")


def prune() -> None:
    """Forget messages that were over more than `JOB_RETENTION_DAYS` ago, a few at a time."""
    limit = seekable_now() - current_settings().job_retention_days * DAY_SECONDS
    old = select(WebhookDelivery.id).where(WebhookDelivery.state.in_(ENDED), WebhookDelivery.due_at < limit)
    with transaction() as session:
        ids = list(session.scalars(old.limit(PRUNE_BATCH)))
        session.execute(
            delete(WebhookDelivery).where(WebhookDelivery.id.in_(ids)).execution_options(synchronize_session=False)
        )
