"""How often pages ask for progress, and what they are told."""

import threading
from collections import Counter
from collections.abc import Iterator

import structlog
from prometheus_client.core import Metric
from redis import Redis
from redis.exceptions import RedisError

import clock
from services.metrics.series import Recorded
from store.counters import Counters, Series

log = structlog.get_logger(__name__)

ONE, MANY = "one", "many"
NEWS, UNCHANGED, MISSING, THROTTLED, REFUSED, ERROR = "news", "unchanged", "missing", "throttled", "refused", "error"
OUTCOMES = (NEWS, UNCHANGED, MISSING, THROTTLED, REFUSED, ERROR)
_BY_STATUS = {200: NEWS, 304: UNCHANGED, 404: MISSING, 429: THROTTLED}
FLUSH_SECONDS = 5.0


def outcome(status_code: int) -> str:
    """The word for an HTTP status."""
    return _BY_STATUS.get(status_code, ERROR if status_code >= 500 else REFUSED)


class PollCounts:
    """The polls that this process has answered since it last told Redis.

    A poll is answered by one GET, and counting must not double that: they are added up here, and every few seconds the
    poll that comes then takes them along. What a process that is killed has not told is lost, a few seconds' worth.
    """

    def __init__(self) -> None:
        self._counts: Counter[Series] = Counter()
        self._lock = threading.Lock()
        self._told_at = clock.monotonic()

    def note(self, redis: Redis, asked_for: str, status_code: int) -> None:
        with self._lock:
            self._counts["polls", asked_for, outcome(status_code)] += 1
            due = clock.monotonic() - self._told_at >= FLUSH_SECONDS
        if due:
            self.flush(redis)

    def flush(self, redis: Redis) -> None:
        """Tell Redis; what it does not take is kept for the next time."""
        with self._lock:
            self._told_at = clock.monotonic()
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            Counters(redis).add(counts)
        except RedisError as e:
            log.debug("polls_not_counted", error=str(e))
            with self._lock:
                self._counts += counts


def counted_families(recorded: Recorded) -> Iterator[Metric]:
    known = [(asked_for, word) for asked_for in (ONE, MANY) for word in OUTCOMES]
    yield recorded.counter(
        "polls", "Questions for the progress of one job, or of many at once.", ("asked_for", "outcome"), known
    )
