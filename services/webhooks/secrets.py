"""The secrets that sign an endpoint's messages: made, kept encrypted, and replaced without a gap."""

import base64
import secrets

from models import WebhookEndpoint
from services import vault

PREFIX = "whsec_"
SECRET_BYTES = 32  # Standard Webhooks: 24 to 64
OVERLAP_SECONDS = 24 * 3600.0


def new() -> str:
    """A secret as Standard Webhooks writes it: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def replace(endpoint: WebhookEndpoint, now: float) -> str:
    """Give it a new secret, and tell it; the one that it had signs too for a day."""
    endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, now + OVERLAP_SECONDS
    text = new()
    endpoint.secret = vault.seal(text)
    return text


def in_force(secret: bytes, old_secret: bytes | None, old_secret_until: float | None, now: float) -> list[str]:
    """Those that sign at this moment, the newest first.

    :raise Unavailable: if one was kept with another `SECRET_KEY`.
    """
    old = [old_secret] if old_secret is not None and (old_secret_until or 0.0) > now else []
    return [vault.unseal(sealed) for sealed in (secret, *old)]
