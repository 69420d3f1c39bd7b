"""Webhooks: what is owed, how late it is, and what came of tries."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select

from extensions import db, seekable_now
from models import WebhookDelivery
from services.metrics.series import Recorded
from services.webhooks.outcomes import OUTCOMES
from services.webhooks.overview import count_switched_off
from services.webhooks.states import PENDING


def families() -> Iterator[Metric]:
    """Two statements, answered from indexes."""
    late = seekable_now() - func.min(WebhookDelivery.due_at)
    pending, late_seconds = db.session.execute(select(func.count(), late).where(WebhookDelivery.state == PENDING)).one()
    yield GaugeMetricFamily("backbeat_webhooks_pending", "Messages that are owed to webhooks.", value=pending)
    yield GaugeMetricFamily(
        "backbeat_webhook_oldest_late_seconds",
        "How long the next try of a message is overdue.",
        value=max(0.0, late_seconds or 0.0),
    )
    yield GaugeMetricFamily(
        "backbeat_webhooks_switched_off", "Webhooks that were switched off because they failed.", count_switched_off()
    )


def counted_families(recorded: Recorded) -> Iterator[Metric]:
    known = [(outcome,) for outcome in OUTCOMES]
    yield recorded.counter("webhook_tries", "Tries to deliver a message to a webhook.", ("outcome",), known)
