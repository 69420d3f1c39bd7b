"""Signs of life of processes that have no queue of their own, such as the janitor."""

import os
import socket

from sqlalchemy import func, select

from extensions import db, db_now, transaction
from models import Heartbeat

JANITOR = "janitor"
JANITOR_STALE_SECONDS = 45  # so that a dead one is told of within a minute


def beat(kind: str) -> None:
    """Say that this process lives; `/readyz` and the console look at it."""
    host, pid = socket.gethostname(), os.getpid()
    with transaction() as session:
        now = session.scalar(select(db_now())) or 0.0
        session.merge(Heartbeat(name=f"{kind}:{host}:{pid}", kind=kind, host=host, pid=pid, at=now))


def janitor_age_seconds() -> float | None:
    """Seconds since the last sign of life of any janitor; None if there never was one."""
    age: float | None = db.session.scalar(select(db_now() - func.max(Heartbeat.at)).where(Heartbeat.kind == JANITOR))
    return age


def is_silent(janitor_age: float | None) -> bool:
    return janitor_age is None or janitor_age > JANITOR_STALE_SECONDS
