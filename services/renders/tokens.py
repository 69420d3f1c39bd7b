"""What stands in the address that the renderer calls: a secret of each render, by which it is told whose news it is."""

import hmac
from dataclasses import dataclass

from sqlalchemy import select

from errors import Unauthenticated
from extensions import current_settings, db
from models import Render
from services.access import tokens

WEBHOOK_PATH = "/webhooks/render/"
_NOBODYS = tokens.digest("no render's")


@dataclass(frozen=True, slots=True)
class Bearer:
    """The render whose token was sent, as it is at that moment."""

    id: str
    status: str
    external_job_id: str | None
    token_hash: str


def webhook_url(token: str) -> str:
    return f"{current_settings().base_url}{WEBHOOK_PATH}{token}"


def bearer_of(token: str) -> Bearer:
    """The render whose token it is. One that is nobody's costs the same look and the same comparison.

    :raise Unauthenticated: if there is none; it says the same of whatever was sent.
    """
    digest = tokens.digest(token)
    columns = select(Render.id, Render.status, Render.external_job_id, Render.token_hash)
    row = db.session.execute(columns.where(Render.token_hash == digest)).one_or_none()
    db.session.rollback()
    is_its = hmac.compare_digest(digest, _NOBODYS if row is None else row.token_hash)
    if row is None or not is_its:
        raise Unauthenticated("This address is none that Backbeat has given to a renderer.", code="bad_token")
    return Bearer(row.id, row.status, row.external_job_id, row.token_hash)
