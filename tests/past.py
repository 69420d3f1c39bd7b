"""Jobs of the past, put into the database as they stand after the fact."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from sqlalchemy import event, insert
from ulid import ULID

from extensions import db, transaction
from models import Job
from services.jobs import states

NOON = 1_780_315_200  # 2026-06-01 12:00 UTC

_serial = count(1)


def id_at(instant: float) -> str:
    """A job's id as it would have been made at that instant."""
    return str(ULID.from_bytes(int(instant * 1000).to_bytes(6, "big") + next(_serial).to_bytes(10, "big")))


def past_job(
    status: str = states.FINISHED,
    *,
    created_at: float = NOON,
    waited: float = 1.0,
    ran: float = 2.0,
    type: str = "analyze_song",
    queue: str = "high",
    **more: Any,
) -> str:
    """A job that came in, waited and ran for so many seconds, and ended with that status; its id."""
    started = None if status in states.WAITING else created_at + waited
    ended = (started or created_at) + ran if status in states.ENDED else None
    job_id = id_at(created_at)
    values = {
        "id": job_id,
        "type": type,
        "queue": queue,
        "status": status,
        "title": "A job of the past",
        "created_at": created_at,
        "due_at": created_at,
        "started_at": started,
        "ended_at": ended,
        "updated_at": ended or started or created_at,
    }
    with transaction() as session:
        session.execute(insert(Job).values(values | more))
    return job_id


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL that is sent while in here, but for the beginnings of transactions."""
    sent: list[str] = []

    def note(*args: Any) -> None:
        if not args[2].startswith("BEGIN"):
            sent.append(args[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
