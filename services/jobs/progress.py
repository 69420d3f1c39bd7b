"""What a running job says of itself, on its way to Redis."""

import threading

import structlog
from redis.exceptions import RedisError

import clock
from services.jobs import eta, states
from services.jobs.documents import LiveState, document, end_fields, json_head
from services.jobs.registry import JobType
from services.jobs.timings import TimingBook
from services.jobs.transitions import Claim
from store.progress import LIVE_TTL_SECONDS, ProgressStore

log = structlog.get_logger(__name__)

LEAST_SECONDS_BETWEEN_WRITES = 0.2
REWRITE_SECONDS = LIVE_TTL_SECONDS / 3
MAX_MESSAGE_CHARS = 300


class Reporter:
    """Reports one attempt of one job: cheap enough for a tight loop, since at most five writes a second reach Redis.

    A change of step and the end are always written. A report that Redis does not take is dropped: progress is
    decoration, and the row keeps a copy. A lock guards it, since the lease keeper's thread writes what is still due.
    """

    def __init__(
        self, claim: Claim, kind: JobType, store: ProgressStore, timings: TimingBook, *, size: int = 1
    ) -> None:
        self.version = claim.version
        self._claim = claim
        self._kind = kind
        self._store = store
        self._timings = timings
        self._size_class = eta.size_class(size)
        self._usual = timings.usual(kind.name, self._size_class)
        self._smoother = eta.Smoother()
        self._lock = threading.Lock()
        self._written_at = 0.0
        self._dirty = False
        self._step_started_at = clock.monotonic()
        self.live = LiveState(updated_at=clock.now())

    def step(self, name: str, total: int | None = None) -> None:
        """Begin the step of that name, of `total` items where they can be counted."""
        with self._lock:
            self._close_step()
            self.live.step = name
            self.live.message = ""
            self.live.current = 0 if total is not None else None
            self.live.total = total
            self._changed(at_once=True)

    def advance(self, n: int = 1) -> None:
        """Another `n` items of this step are done."""
        with self._lock:
            self.live.current = (self.live.current or 0) + n
            self._changed()

    def message(self, text: str) -> None:
        """Say what is being done, in words for people."""
        with self._lock:
            self.live.message = text[:MAX_MESSAGE_CHARS]
            self._changed()

    def flush(self) -> None:
        """Write what has not been written yet, or not for so long that it would soon be forgotten."""
        with self._lock:
            if self._dirty or clock.monotonic() - self._written_at > REWRITE_SECONDS:
                self._write()

    def ended(
        self,
        status: str,
        *,
        error: str | None = None,
        result: dict[str, object] | None = None,
        result_url: str | None = None,
    ) -> None:
        """Tell that this attempt is over; to be called once its end has been committed."""
        with self._lock:
            if status == states.FINISHED:  # how long a step took that was broken off teaches nothing
                self._close_step()
            self.live.status = status
            self.live.ended_at = clock.now()
            self.live.eta_seconds = 0.0
            if status == states.FINISHED:
                self.live.step, self.live.message, self.live.progress = "complete", "", 1.0
            self.live.extra = end_fields(status, error=error, result=result, result_url=result_url)
            self._write(ends=True)

    def _close_step(self) -> None:
        now = clock.monotonic()
        if self.live.step:
            self._timings.note(self._kind.name, self.live.step, self._size_class, now - self._step_started_at)
        self._step_started_at = now

    def _changed(self, *, at_once: bool = False) -> None:
        self._dirty = True
        self.live.progress = max(self.live.progress, self._fraction())
        if at_once or clock.monotonic() - self._written_at >= LEAST_SECONDS_BETWEEN_WRITES:
            self._write()

    def _fraction(self) -> float:
        """How much of the bar is full: the steps before this one, and the part of this one that is done."""
        done = 0.0
        for step in self._kind.steps:
            if step.name == self.live.step:
                share = min(1.0, (self.live.current or 0) / self.live.total) if self.live.total else 0.0
                return (done + share * step.weight) / sum(s.weight for s in self._kind.steps)
            done += step.weight
        return self.live.progress

    def _estimate(self) -> float | None:
        seconds = eta.remaining(
            self._kind.steps,
            self.live.step,
            self._usual,
            elapsed_in_step_seconds=clock.monotonic() - self._step_started_at,
            current=self.live.current,
            total=self.live.total,
        )
        return self._smoother.smooth(seconds, clock.monotonic())

    def _write(self, *, ends: bool = False) -> None:
        self._dirty = False
        self.live.updated_at = clock.now()
        if not ends:
            self.live.eta_seconds = self._estimate()
        try:
            version = self._store.write(
                self._claim.id,
                attempt=self._claim.attempt,
                progress=self.live.progress,
                ends=ends,
                least_version=self.version + 1,
                json_head=json_head(document(self._claim, self.live)),
            )
        except RedisError as e:
            log.debug("progress_not_written", job_id=self._claim.id, error=str(e))
            version = self.version + 1  # the row tells of it instead, and must not seem unchanged
        finally:
            self._written_at = clock.monotonic()
        self.version = version or self.version
