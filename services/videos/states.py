"""The statuses of videos, and which moves there are: the one place that says so."""

from collections.abc import Mapping

PENDING, UPLOADING, PROCESSING, READY, FAILED = "pending", "uploading", "processing", "ready", "failed"
ALL = (PENDING, UPLOADING, PROCESSING, READY, FAILED)

MOVES: Mapping[str, tuple[str, ...]] = {
    UPLOADING: (PENDING, PROCESSING, FAILED),
    PENDING: (PROCESSING, FAILED),
    PROCESSING: (PENDING, READY, FAILED),
    FAILED: (PENDING, UPLOADING, PROCESSING),
    READY: (PENDING, PROCESSING),
}

# Where a video waits for somebody to pick it up.
WAITING = (UPLOADING, PENDING)


def leading_to(status: str) -> tuple[str, ...]:
    """From which statuses a video comes to this one."""
    return tuple(before for before, after in MOVES.items() if status in after)
