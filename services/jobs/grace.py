"""Whether a lease that ran out means that its holder is dead."""

import os
import socket
from dataclasses import dataclass

from sqlalchemy import select

from extensions import db_now, transaction
from models import Heartbeat

# Enough for every lease keeper that lives to renew: they try every two seconds.
GRACE_SECONDS = 4.0


@dataclass(slots=True)
class Grace:
    """After a while in which nobody could write, those who live are given time to renew before any is judged.

    So it is after a lock on the database, an outage of it, a suspended host or a clock that was set: leases ran out
    meanwhile, and nobody could help it. The janitor tells by its own writes, which would have failed as well.
    """

    gap_seconds: float
    _last_at: float | None = None
    _judge_from: float | None = None

    def is_over(self) -> bool:
        """Whether to judge now.

        :raise SQLAlchemyError: if the database takes no writes.
        """
        return self._is_over_at(_write())

    def _is_over_at(self, now: float) -> bool:
        """A grace is not followed by another at once: where every round is slow, each second one judges."""
        was_away = self._last_at is not None and abs(now - self._last_at) > self.gap_seconds
        self._last_at = now
        if was_away and self._judge_from is None:
            self._judge_from = now + GRACE_SECONDS
        if self._judge_from is not None and now < self._judge_from <= now + GRACE_SECONDS:
            return False
        self._judge_from = None
        return True


def _write() -> float:
    """The database's clock, once a row is written: a full disk lets whoever only reads begin and commit."""
    host, pid = socket.gethostname(), os.getpid()
    with transaction() as session:
        now = session.scalar(select(db_now())) or 0.0
        session.merge(Heartbeat(name=f"grace:{host}:{pid}", kind="grace", host=host, pid=pid, at=now))
    return now
