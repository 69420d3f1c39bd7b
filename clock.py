"""The only reader of wall time.

Instants are seconds since 1970-01-01 UTC as floats. Leases and due times never use this clock but the
database's own (`extensions.db_now`), so that hosts whose clocks differ still agree.
"""

import time
from datetime import UTC, datetime


def now() -> float:
    """Seconds since the epoch, UTC."""
    return time.time()


def iso(instant: float | None) -> str | None:
    """An instant in ISO 8601, UTC, to the millisecond: `2026-11-22T03:38:50.123Z`."""
    if instant is None:
        return None
    return datetime.fromtimestamp(instant, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def monotonic() -> float:
    """Seconds since some moment in the past, never going back; for measuring durations only."""
    return time.monotonic()
