"""Whether the clocks of the hosts agree. Leases do not need them to, but what people are shown does."""

from sqlalchemy import select

import clock
from extensions import db, db_now

# Apart by more than this, a clock is wrong, and not only slow to answer.
NOTICEABLE_SECONDS = 5.0


def clock_ahead_seconds() -> float:
    """How far the clock of this host is ahead of the database's; 0 if that is within what asking takes."""
    before = clock.now()
    there = db.session.scalar(select(db_now())) or 0.0
    return ahead(before, there, clock.now())


def ahead(before: float, there: float, after: float) -> float:
    """Seconds by which our clock is ahead of one that said `there` between our `before` and `after`. Pure."""
    return max(0.0, before - there) + min(0.0, after - there)
