"""The words of the async API and of webhooks for the states of a job."""

from services.jobs import states

QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED = "queued", "running", "completed", "failed", "cancelled"
WORDS = (QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED)

_WORD_OF = {
    states.QUEUED: QUEUED,
    states.SCHEDULED: QUEUED,
    states.DEFERRED: QUEUED,
    states.STARTED: RUNNING,
    states.FINISHED: COMPLETED,
    states.FAILED: FAILED,
    states.CANCELED: CANCELLED,
}


def s2_status(status: str) -> str:
    """The word for a state. A state without one is a mistake, and fails here."""
    return _WORD_OF[status]


def statuses_of(word: str) -> tuple[str, ...]:
    """The states that a word stands for; none if it is none of `WORDS`."""
    return tuple(status for status, other in _WORD_OF.items() if other == word)
