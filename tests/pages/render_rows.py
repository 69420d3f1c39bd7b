"""Renders, their cycles, and recovery runs as rows, for the pages of operators."""

from typing import Any

from sqlalchemy import update
from ulid import ULID

import clock
from extensions import transaction
from models import RecoveryItem, RecoveryRun, Render, RenderCycle
from services.library import users
from tests.renders.rows import a_render_of


def render(**values: Any) -> str:
    """The id of a render of the default owner's that was asked for an hour ago."""
    kept = {"created_at": clock.now() - 3600.0, "check_at": clock.now() + 60.0} | values
    render_id = a_render_of(kept.pop("owner_id", users.default_owner().id))
    with transaction() as session:
        session.execute(update(Render).where(Render.id == render_id).values(kept))
    return str(kept.get("id", render_id))


def cycle(**values: Any) -> str:
    now = clock.now()
    kept = {"id": str(ULID()), "started_at": now - 5.0, "ended_at": now, "checked": 1} | values
    with transaction() as session:
        session.add(RenderCycle(**kept))
    return str(kept["id"])


def recovery_run(**values: Any) -> str:
    now = clock.now()
    kept = {"id": str(ULID()), "started_by": "schedule", "started_at": now - 5.0, "ended_at": now} | values
    with transaction() as session:
        session.add(RecoveryRun(**kept))
    return str(kept["id"])


def recovery_item(run_id: str, **values: Any) -> None:
    now = clock.now()
    kept = {"run_id": run_id, "video_id": str(ULID()), "name": "The harbour at night", "tenant_id": "tenant-1"}
    times = {"video_created_at": now - 1200.0, "at": now}
    with transaction() as session:
        session.add(RecoveryItem(**(kept | times | {"outcome": "triggered"} | values)))
