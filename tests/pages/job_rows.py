"""Jobs that no worker had to run: rows as the engine leaves them."""

from typing import Any

from ulid import ULID

import clock
from extensions import db
from models import Job


def id_at(instant: float) -> str:
    """A job id of that moment."""
    return str(ULID.from_timestamp(instant))


def add_job(status: str = "queued", *, at: float | None = None, **more: Any) -> str:
    """A job created `at`, a minute before it ended if it is over; its id."""
    created = clock.now() if at is None else at
    is_over = status in ("finished", "failed", "canceled")
    fields: dict[str, Any] = {
        "id": id_at(created),
        "type": "analyze_song",
        "title": "A song",
        "queue": "high",
        "status": status,
        "created_at": created,
        "updated_at": created,
        "due_at": created,
        "started_at": created + 1 if is_over or status == "started" else None,
        "ended_at": created + 60 if is_over else None,
    }
    job = Job(**(fields | more))
    db.session.add(job)
    db.session.commit()
    return job.id
