"""The statuses of renders and of what they are for, and which moves there are: the one place that says so."""

from collections.abc import Mapping

from clients.renderer import ADD_MUSIC, COMBINE, CONCATENATE

PROCESSING, COMPLETED, FAILED, EXPIRED = "processing", "completed", "failed", "expired"
ALL = (PROCESSING, COMPLETED, FAILED, EXPIRED)

WEBHOOK, POLL = "webhook", "poll"

# What is found out moves a render so, and only forward. One that was given up still takes its output if that appears.
FOUND: Mapping[str, tuple[str, ...]] = {
    PROCESSING: (COMPLETED, FAILED, EXPIRED),
    EXPIRED: (COMPLETED,),
    COMPLETED: (),
    FAILED: (),
}

SEGMENT, VIDEO = "segment", "video"
TARGET_OF = {COMBINE: SEGMENT, CONCATENATE: VIDEO, ADD_MUSIC: VIDEO}

# Of segments: before anything is made of them, while it is, and after. Those of videos: `services/videos/states.py`.
PENDING, COMBINED = "pending", "combined"
SEGMENT_STATUSES = (PENDING, PROCESSING, COMBINED, FAILED)


def leading_to(status: str) -> tuple[str, ...]:
    """From which statuses a render comes to this one by what is found out."""
    return tuple(before for before, after in FOUND.items() if status in after)


def is_over(status: str) -> bool:
    """Whether nothing that is found out changes it any more."""
    return not FOUND[status]
