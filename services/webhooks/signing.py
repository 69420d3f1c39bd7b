"""Signatures of Standard Webhooks 1.0 (https://www.standardwebhooks.com), with their reference library."""

from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook


def headers(message_id: str, at: float, body: str, secrets: Sequence[str]) -> dict[str, str]:
    """What goes with a message that is sent at this instant: a signature for each secret, any of which will do."""
    instant = datetime.fromtimestamp(at, UTC)
    signatures = [Webhook(secret).sign(message_id, instant, body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": " ".join(signatures),
        "content-type": "application/json",
    }
