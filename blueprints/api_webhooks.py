"""Webhooks: who is told of jobs that are over, and what became of each message."""

from flask import Blueprint, url_for

from blueprints.actor import current_actor, current_owner_id
from blueprints.openapi import WEBHOOKS, Answer, operation
from blueprints.schemas.common import ById
from blueprints.schemas.webhooks import (
    DeliveryAnswer,
    DeliveryLine,
    DeliveryPage,
    DeliveryQuery,
    DeliveryWithTries,
    NewWebhook,
    WebhookAnswer,
    WebhookChanges,
    WebhookList,
    WebhookWithSecret,
)
from models import WebhookDelivery, WebhookEndpoint
from services.webhooks import deliveries, endpoints

bp = Blueprint("api_webhooks", __name__, url_prefix="/api")

NO_WEBHOOK = {404: "There is no such webhook."}
NOT_YOURS = {403: "It is somebody else's: operators may only switch it off and on, and send again."}
NO_DELIVERY = {404: "There is no such delivery."}
REFUSED = {409: "There is one of that address; `details.id` is that one.", 422: "A field is not acceptable."}
OFF = {409: "The webhook is switched off, or the message is being sent at this moment."}


@bp.get("/webhooks")
@operation(WEBHOOKS, WebhookList)
def list_webhooks() -> Answer:
    """List your webhooks, the newest first."""
    return WebhookList.model_validate({"webhooks": endpoints.of_owner(current_owner_id())})


@bp.post("/webhooks")
@operation(WEBHOOKS, WebhookWithSecret, status=201, errors=REFUSED)
def create_webhook(json: NewWebhook) -> Answer:
    """Have an address told of all your jobs. The answer tells the secret, this once."""
    made = endpoints.create(current_owner_id(), **json.model_dump(), actor=current_actor())
    return _with_secret(made), 201, {"Location": url_for("api_webhooks.get_webhook", webhook_id=made[0].id)}


@bp.get("/webhooks/<int:webhook_id>")
@operation(WEBHOOKS, WebhookAnswer, errors=NO_WEBHOOK)
def get_webhook(webhook_id: int) -> Answer:
    """Get a webhook."""
    return WebhookAnswer.model_validate(endpoints.get(webhook_id))


@bp.patch("/webhooks/<int:webhook_id>")
@operation(WEBHOOKS, WebhookAnswer, errors=NOT_YOURS | NO_WEBHOOK | REFUSED)
def change_webhook(webhook_id: int, json: WebhookChanges) -> Answer:
    """Change a webhook, switch it off, or on again."""
    changes = json.model_dump(exclude_unset=True)
    if changes.keys() - {"enabled"}:
        endpoints.refuse_foreign(webhook_id, current_owner_id())
    return WebhookAnswer.model_validate(endpoints.change(webhook_id, **changes, actor=current_actor()))


@bp.delete("/webhooks/<int:webhook_id>")
@operation(WEBHOOKS, ById, errors=NOT_YOURS | NO_WEBHOOK)
def delete_webhook(webhook_id: int) -> Answer:
    """Delete a webhook, with its deliveries."""
    endpoints.refuse_foreign(webhook_id, current_owner_id())
    endpoints.delete(webhook_id, actor=current_actor())
    return ById(id=webhook_id)


@bp.post("/webhooks/<int:webhook_id>/rotate")
@operation(WEBHOOKS, WebhookWithSecret, errors=NOT_YOURS | NO_WEBHOOK)
def rotate_webhook(webhook_id: int) -> Answer:
    """Replace the secret. For 24 hours the one before signs as well."""
    endpoints.refuse_foreign(webhook_id, current_owner_id())
    return _with_secret(endpoints.rotate(webhook_id, actor=current_actor()))


@bp.post("/webhooks/<int:webhook_id>/test")
@operation(WEBHOOKS, DeliveryAnswer, status=202, errors=NO_WEBHOOK | OFF)
def test_webhook(webhook_id: int) -> Answer:
    """Send a test message, signed and tried like any other."""
    return _accepted(deliveries.send_test(webhook_id, actor=current_actor()))


@bp.get("/webhooks/<int:webhook_id>/deliveries")
@operation(WEBHOOKS, DeliveryPage, errors=NO_WEBHOOK | {422: "A parameter is not acceptable."})
def list_deliveries(webhook_id: int, query: DeliveryQuery) -> Answer:
    """List what a webhook was sent, or is to be, the newest first, page by page."""
    endpoints.get(webhook_id)
    page = deliveries.page_of(webhook_id, **query.model_dump())
    lines = [DeliveryLine.model_validate(message) for message in page.items]
    return DeliveryPage(deliveries=lines, next_cursor=page.next_cursor)


@bp.get("/deliveries/<int:delivery_id>")
@operation(WEBHOOKS, DeliveryWithTries, errors=NO_DELIVERY)
def get_delivery(delivery_id: int) -> Answer:
    """Get a message: what is sent, and what came of each try."""
    found = deliveries.get(delivery_id)
    message = DeliveryAnswer.model_validate(found.message).model_dump()
    return DeliveryWithTries.model_validate(message | {"attempts": found.tries})


@bp.post("/deliveries/<int:delivery_id>/redeliver")
@operation(WEBHOOKS, DeliveryAnswer, status=202, errors=NO_DELIVERY | OFF)
def redeliver(delivery_id: int) -> Answer:
    """Send a message again: the same bytes, under the same `webhook-id`."""
    return _accepted(deliveries.redeliver(delivery_id, actor=current_actor()))


def _with_secret(made: tuple[WebhookEndpoint, str]) -> WebhookWithSecret:
    endpoint, secret = made
    told = WebhookAnswer.model_validate(endpoint).model_dump()
    return WebhookWithSecret.model_validate(told | {"secret": secret})


def _accepted(message: WebhookDelivery) -> Answer:
    where = url_for("api_webhooks.get_delivery", delivery_id=message.id)
    return DeliveryAnswer.model_validate(message), 202, {"Location": where, "Retry-After": "2"}
