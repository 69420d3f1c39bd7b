"""Messages that webhooks have not taken: given up lately, failing, or due without being sent."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from extensions import db, seekable_now
from models import WebhookDelivery, WebhookEndpoint
from services.recovery.things import COUNTED, Finder, Remedy, StuckThing, in_order
from services.webhooks import deliveries
from services.webhooks.backoff import DAY, MAX_TRIES
from services.webhooks.states import FAILED, PENDING

KIND = "webhooks"

LATE_SECONDS = 60.0
MAX_DIGITS = 9
# What was given up longer ago is history, on the page of its webhook.
NEWS_SECONDS = 3 * DAY
AGAIN = Remedy("Send now", "Send the same message again, at once")

_COLUMNS = (
    WebhookDelivery.id,
    WebhookDelivery.event,
    WebhookDelivery.state,
    WebhookDelivery.tries,
    WebhookDelivery.due_at,
    WebhookDelivery.last_code,
    WebhookDelivery.last_error,
    WebhookDelivery.created_at,
    WebhookEndpoint.url,
    WebhookEndpoint.disabled_at,
)


def find(limit: int) -> Sequence[StuckThing]:
    joined = select(*_COLUMNS).join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
    found = [
        _told(row)
        for case in _cases()
        for row in db.session.execute(joined.where(case).order_by(WebhookDelivery.due_at).limit(limit))
    ]
    return in_order(found)[:limit]


def count() -> int:
    return int(sum(db.session.execute(select(*map(_up_to_counted, _cases()))).one()))


def act(delivery_id: str, by: str) -> str:
    """:raise NotFound: if there is no such message. :raise Conflict: if it is being sent, or its webhook is off."""
    deliveries.redeliver(_number(delivery_id), actor=by)
    return "The message is sent again within seconds."


def _number(delivery_id: str) -> int:
    """0, which is nobody's, for what is no number that the databases could keep."""
    return int(delivery_id) if delivery_id.isdecimal() and len(delivery_id) <= MAX_DIGITS else 0


def _cases() -> tuple[ColumnElement[bool], ...]:
    """Each is found in `ix_webhook_delivery_due`."""
    is_late = WebhookDelivery.due_at < seekable_now() - LATE_SECONDS
    return (
        and_(WebhookDelivery.state == PENDING, or_(WebhookDelivery.tries > 0, is_late)),
        and_(WebhookDelivery.state == FAILED, WebhookDelivery.due_at > seekable_now() - NEWS_SECONDS),
    )


def _up_to_counted(case: ColumnElement[bool]) -> ColumnElement[int]:
    some = select(WebhookDelivery.state).where(case).limit(COUNTED).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _told(row: Row[*tuple[Any, ...]]) -> StuckThing:
    is_pending = row.state == PENDING
    return StuckThing(
        kind=KIND,
        id=str(row.id),
        title=row.event,
        detail=f"to {row.url.partition('?')[0]}",
        url=f"/webhooks/deliveries/{row.id}",
        why=_why(row),
        since=row.created_at,
        next=_next(row),
        next_at=row.due_at if is_pending else None,
        remedy=AGAIN if row.disabled_at is None else None,
    )


def _why(row: Row[*tuple[Any, ...]]) -> str:
    if row.tries == 0:
        return "Its time has come, and nobody has sent it"
    said = f"It answered {row.last_code}" if row.last_code else (row.last_error or "There was no answer").rstrip(".")
    tries = "a try" if row.tries == 1 else f"{row.tries} tries"
    return f"{said}, after {tries}"


def _next(row: Row[*tuple[Any, ...]]) -> str:
    if row.state == PENDING:
        return f"It is sent again, as try {row.tries + 1} of {MAX_TRIES}"
    if row.disabled_at is not None:
        return "Nothing: its webhook is switched off; switch that on first"
    return "Nothing: it was given up"


FINDER = Finder(
    KIND,
    "Webhooks",
    "Messages whose receiver does not take them, or that nobody sends.",
    "/admin/webhooks",
    find,
    count,
    act,
)
