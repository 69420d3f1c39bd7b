"""How many jobs a worker has done, told while its ring goes on."""

from collections import Counter
from dataclasses import dataclass, field

import structlog
from redis.exceptions import RedisError

import clock
from extensions import redis
from store.workers import WorkerCounts

log = structlog.get_logger(__name__)

TELL_EVERY_SECONDS = 1.0


@dataclass(slots=True)
class Tally:
    """What became of jobs, `done` and `failed`; what Redis was not told goes with the next news of it."""

    worker_name: str
    _untold: Counter[str] = field(default_factory=Counter)
    _told_at: float = field(default_factory=lambda: clock.monotonic())

    def note(self, outcome: str) -> None:
        self._untold[outcome] += 1
        if clock.monotonic() - self._told_at >= TELL_EVERY_SECONDS:
            self.tell()

    def tell(self) -> None:
        self._told_at = clock.monotonic()
        try:
            WorkerCounts(redis.client).add(self.worker_name, self._untold)
            self._untold.clear()
        except RedisError as e:
            log.debug("not_counted", error=str(e))
