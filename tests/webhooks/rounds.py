"""Messages that are owed, rounds of the janitor's duty, and time that passes; inside an app's context."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from ulid import ULID

from extensions import db, db_now, transaction
from models import WebhookDelivery, WebhookEndpoint, WebhookTry
from services.webhooks.delivery import Deliverer

BODY = '{"job_id":"01","status":"completed","result":{"title":"Grüße, “Ω”"}}'
TRY_SECONDS = 20.0
_INSTANTS = (
    (WebhookDelivery, ("due_at", "lease_until", "created_at", "delivered_at")),
    (WebhookEndpoint, ("failing_since", "old_secret_until", "disabled_at")),
    (WebhookTry, ("at",)),
)


def owe(endpoint: WebhookEndpoint, count: int = 1, body: str = BODY, **more: Any) -> list[int]:
    """So many messages that are due to an endpoint; their ids."""
    endpoint_id = endpoint.id
    with transaction() as session:
        now = session.scalar(select(db_now())) or 0.0
        rows = [WebhookDelivery(**_values(endpoint_id, body, now) | more) for _ in range(count)]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def _values(endpoint_id: int, body: str, now: float) -> dict[str, Any]:
    return {
        "message_id": f"msg_{ULID()}",
        "endpoint_id": endpoint_id,
        "job_id": str(ULID()),
        "attempt": 1,
        "event": "job.finished",
        "seq": 7,
        "body": body,
        "due_at": now,
        "created_at": now,
    }


def deliver(deliverer: Deliverer | None = None) -> int:
    """A round of the janitor's duty, to its end; how many messages it took."""
    at_work = deliverer or Deliverer()
    taken = at_work.deliver_due()
    at_work.wait(TRY_SECONDS)
    db.session.rollback()
    db.session.expire_all()
    return taken


def deliver_all() -> int:
    """Rounds until nothing is due."""
    total = 0
    while taken := deliver():
        total += taken
    return total


def pass_time(seconds: float) -> None:
    """Move all that webhooks remember of time into the past: the databases' clock cannot be set."""
    with transaction() as session:
        for table, columns in _INSTANTS:
            session.execute(update(table).values({name: getattr(table, name) - seconds for name in columns}))
    db.session.expire_all()


def over_again(delivery_ids: Sequence[int]) -> None:
    """As if these had never been sent, and none of them were due for an hour."""
    fresh = {"state": "pending", "tries": 0, "due_at": db_now() + 3600, "lease_owner": None, "lease_until": None}
    with transaction() as session:
        session.execute(update(WebhookDelivery).where(WebhookDelivery.id.in_(delivery_ids)).values(fresh))
