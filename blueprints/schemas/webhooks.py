"""Webhooks."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from blueprints.schemas.common import Answered, Input, Instant, JobId, Query, Text
from clients.public_address import MAX_URL_CHARS
from services.webhooks.endpoints import MAX_DESCRIPTION_CHARS

Event = Literal["job.finished", "job.failed", "job.canceled"]
EVERY_EVENT: list[Event] = ["job.finished", "job.failed", "job.canceled"]
DeliveryState = Literal["pending", "delivered", "failed", "canceled"]
WebhookUrl = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=MAX_URL_CHARS,
        description="`https://` or `http://`, port 443, 8443 or 80, on the public network.",
        examples=["https://hooks.example.com/backbeat"],
    ),
]
Events = Annotated[list[Event], Field(min_length=1, max_length=20, description="Of which it is told.")]
Description = Annotated[Text, Field(max_length=MAX_DESCRIPTION_CHARS)]


class NewWebhook(Input):
    url: WebhookUrl
    events: Events = Field(default=EVERY_EVENT)
    description: Description = ""


class WebhookChanges(Input):
    """What is left out stays as it is. `enabled: true` switches one on again that was switched off."""

    url: WebhookUrl = ""
    events: Events = Field(default=EVERY_EVENT)
    description: Description = ""
    is_standing: bool = Field(default=True, description="False: it is told only of jobs that name it.")
    enabled: bool = True


class Webhook(BaseModel):
    """An address that is told of jobs that are over."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    url: str
    description: str
    is_standing: bool
    events: list[str]
    disabled_at: Instant | None = Field(description="Since when nothing is sent to it; `disabled_reason` says why.")
    disabled_reason: str | None
    failing_since: Instant | None = Field(description="The first failure since the last success.")
    old_secret_until: Instant | None = Field(description="Until when the secret before this one signs, too.")
    created_at: Instant
    updated_at: Instant


class WebhookAnswer(Webhook, Answered):
    """One webhook."""


class WebhookWithSecret(WebhookAnswer):
    """One webhook, and the secret that signs what it is sent: it is told this once."""

    secret: str = Field(examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"])


class WebhookList(Answered):
    webhooks: list[Webhook]


class DeliveryQuery(Query):
    state: DeliveryState | None = None
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, description="`next_cursor` of the page before.")


class DeliveryLine(BaseModel):
    """A message to a webhook. `tries` counts those since it was last sent by hand."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    message_id: str = Field(description="The header `webhook-id`, the same at every try.")
    job_id: JobId
    event: str
    seq: int = Field(description="Grows with each message of one job.")
    state: DeliveryState
    tries: int
    due_at: Instant = Field(description="When it is tried next, or was tried last.")
    last_code: int | None
    last_error: str | None
    created_at: Instant
    delivered_at: Instant | None


class DeliveryPage(Answered):
    deliveries: list[DeliveryLine]
    next_cursor: str | None


class TryLine(BaseModel):
    """One try to deliver a message; `code` and `error` are null while it is still to come."""

    model_config = ConfigDict(from_attributes=True)

    at: Instant
    seconds: float
    code: int | None = Field(description="The status that was answered.")
    error: str | None
    answer: str = Field(description="The beginning of the answer's body, at most 64 KiB.")
    headers: dict[str, Any] = Field(description="Some of the answer's headers.")
    asked_by: str = Field(description="Who had it sent by hand.")


class DeliveryAnswer(DeliveryLine, Answered):
    """One message, and what is sent."""

    body: str


class DeliveryWithTries(DeliveryAnswer):
    """One message, what is sent, and what came of it, the last try first."""

    attempts: list[TryLine]
