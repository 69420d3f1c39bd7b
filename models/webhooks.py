"""Webhooks: who is told of what, each message that is owed, and each try to deliver it."""

from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from extensions import Base


class WebhookEndpoint(Base):
    """An address that is told of its owner's jobs: standing ones of all whose event is in `events`, others only of the
    jobs that named it.

    Secrets are encrypted (`services/webhooks/secrets.py`). `old_secret` signs too until `old_secret_until`.
    """

    __tablename__ = "webhook_endpoint"
    __table_args__ = (UniqueConstraint("owner_id", "url"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(String(500))
    description: Mapped[str] = mapped_column(String(300), default="")
    is_standing: Mapped[bool]
    events: Mapped[list[str]] = mapped_column(JSON)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    old_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_secret_until: Mapped[float | None] = mapped_column(Double)
    disabled_at: Mapped[float | None] = mapped_column(Double)
    disabled_reason: Mapped[str | None] = mapped_column(String(300))
    failing_since: Mapped[float | None] = mapped_column(Double)  # the first failure since the last success
    created_at: Mapped[float] = mapped_column(Double)
    updated_at: Mapped[float] = mapped_column(Double)


class WebhookDelivery(Base):
    """A message that is owed to an endpoint, written in the transaction that ended the job.

    `state` is pending, delivered, failed (given up) or canceled (its endpoint is gone or switched off). `seq` is the
    job's version, so that receivers can drop what is older than what they know. `body` is what is signed and sent, the
    same at every try.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "job_id", "attempt", "event"),
        Index("ix_webhook_delivery_due", "state", "due_at"),
        Index("ix_webhook_delivery_endpoint", "endpoint_id", "id"),
        Index("ix_webhook_delivery_job", "job_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(40), unique=True)  # the header `webhook-id`
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoint.id", ondelete="CASCADE"))
    job_id: Mapped[str] = mapped_column(String(26))  # may outlive the job
    attempt: Mapped[int]
    event: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[float] = mapped_column(Double)
    lease_until: Mapped[float | None] = mapped_column(Double)
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    last_code: Mapped[int | None]
    last_error: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[float] = mapped_column(Double)
    delivered_at: Mapped[float | None] = mapped_column(Double)


class WebhookTry(Base):
    """One try to deliver a message, and what came of it. `answer` is the beginning of the answer's body, as text."""

    __tablename__ = "webhook_try"
    __table_args__ = (Index("ix_webhook_try_delivery", "delivery_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("webhook_delivery.id", ondelete="CASCADE"))
    at: Mapped[float] = mapped_column(Double)
    seconds: Mapped[float] = mapped_column(Double)
    code: Mapped[int | None]  # the answer's status; null: there was none
    error: Mapped[str | None] = mapped_column(String(300))
    answer: Mapped[str] = mapped_column(Text, default="")
    headers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # of the answer: some of them
    asked_by: Mapped[str] = mapped_column(String(120), default="")  # who had it sent by hand
