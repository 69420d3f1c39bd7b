"""Everybody's webhooks at a glance, for operators."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select

from extensions import db
from models import User, WebhookDelivery, WebhookEndpoint
from services.webhooks.states import PENDING

SHOWN = 200


@dataclass(frozen=True, slots=True)
class EndpointLine:
    """An endpoint, whose it is, and how many messages wait for it."""

    endpoint: WebhookEndpoint
    owner: str
    pending: int


def lines() -> Sequence[EndpointLine]:
    """The first `SHOWN`: those that were switched off because they failed, those that fail, then the newest."""
    pending = (
        select(func.count())
        .where(WebhookDelivery.endpoint_id == WebhookEndpoint.id, WebhookDelivery.state == PENDING)
        .scalar_subquery()
    )
    failed = WebhookEndpoint.failing_since.is_not(None)
    worst = case((failed & WebhookEndpoint.disabled_at.is_not(None), 0), (failed, 1), else_=2)
    found = select(WebhookEndpoint, User.name, pending).join(User, User.id == WebhookEndpoint.owner_id)
    rows = db.session.execute(found.order_by(worst, WebhookEndpoint.id.desc()).limit(SHOWN))
    return [EndpointLine(*row) for row in rows]


def count_switched_off() -> int:
    """How many endpoints were switched off because they failed: one SELECT."""
    lost = WebhookEndpoint.disabled_at.is_not(None) & WebhookEndpoint.failing_since.is_not(None)
    return db.session.scalar(select(func.count()).select_from(WebhookEndpoint).where(lost)) or 0
