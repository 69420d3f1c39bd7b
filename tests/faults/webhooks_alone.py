"""Webhooks of a Backbeat without other processes, which the faults of receivers need none of."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import update

from app import create_app
from extensions import db, transaction
from models import WebhookDelivery, WebhookEndpoint
from services.library import users
from services.webhooks import endpoints
from tests.faults.kit import Kit
from tests.servers.sink import Received

NO_REDIS = "unix:///nowhere/redis.sock"  # which webhooks do not need


@contextmanager
def alone(kit: Kit, **settings: Any) -> Iterator[Flask]:
    """Backbeat's own code on a database of its own, without other processes."""
    folder = kit.fresh("alone")
    options: dict[str, Any] = {"redis_url": NO_REDIS, "log_level": "error", "webhook_allow_private": True}
    app = create_app(data_dir=folder, **(options | settings))
    with app.app_context():
        db.create_all()
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def endpoint_at(url: str) -> tuple[WebhookEndpoint, str]:
    return endpoints.create(users.default_owner().id, url, actor="fault")


def fresh(endpoint_id: int) -> WebhookEndpoint:
    return db.session.get_one(WebhookEndpoint, endpoint_id, populate_existing=True)


def ids_of(received: Sequence[Received]) -> set[str]:
    return {each.message_id for each in received}


def over() -> None:
    """Leave nothing for the next round."""
    with transaction() as session:
        session.execute(update(WebhookDelivery).values(state="canceled"))
