"""Renders as they are in the database while the renderer is at them."""

from typing import Any

from ulid import ULID

import clock
from extensions import transaction
from models import Render, Segment
from services import vault
from services.access import tokens
from services.renders import states


def a_render_of(owner_id: int, *, token: str | None = None, **more: Any) -> str:
    """The id of a render that combines a segment; `more` are further columns."""
    render_id, now, token = str(ULID()), clock.now(), token or tokens.new()
    told: dict[str, Any] = {
        "operation": "combine",
        "target_type": states.SEGMENT,
        "target_id": f"segment-{render_id}",
        "inputs": {"voice_url": "https://example.org/v.mp3", "video_url": "https://example.org/p.mp4"},
        "active_key": render_id,
        "external_job_id": f"job-{render_id}",
        "status": states.PROCESSING,
    } | more
    times = {"created_at": now, "updated_at": now}
    with transaction() as session:
        session.add(
            Segment(id=told["target_id"], owner_id=owner_id, status=states.PROCESSING, render_id=render_id, **times)
        )
        session.add(
            Render(
                id=render_id,
                owner_id=owner_id,
                token_hash=tokens.digest(token),
                token=vault.seal(token),
                **told,
                **times,
            )
        )
    return render_id
