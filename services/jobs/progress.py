"""What a running job says of itself, on its way to Redis."""

import threading
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import structlog
from redis.exceptions import RedisError

import clock
from extensions import db_now
from services.jobs import eta, states
from services.jobs.claims import Claim
from services.jobs.documents import LiveState, document, end_fields, json_head
from services.jobs.eta import Remaining
from services.jobs.registry import COMPLETE, JobType
from services.jobs.steps import StepTimes
from services.jobs.timings import TimingBook
from store.progress import LIVE_TTL_SECONDS, ProgressStore, Report

log = structlog.get_logger(__name__)

LEAST_SECONDS_BETWEEN_WRITES = 0.2
KEEP_SECONDS = LIVE_TTL_SECONDS / 3
MAX_MESSAGE_CHARS = 300


class Reporter:
    """Reports one attempt of one job: cheap enough for a tight loop, since at most five writes a second reach Redis.

    A change of step and the end are always written. A report that Redis does not take is written with the next one, or
    at the lease keeper's next tick; progress is decoration, and the row keeps a copy. A lock guards it, since that
    keeper is a thread.

    For the first `hold_seconds` nothing but the end is written: who asks is told of the row. What is still to be told
    then is written with the next news or, if the job is silent, by the lease keeper (`let_go`). An end of which nothing
    was written before is left to `ends`, where there is one, since each would cost a round trip: until it is told with
    others, who asks is told of the row, as before.
    """

    def __init__(
        self,
        claim: Claim,
        kind: JobType,
        store: ProgressStore,
        timings: TimingBook,
        *,
        size: int = 1,
        hold_seconds: float = 0.0,
        ends: list[Report] | None = None,
    ) -> None:
        self._ends = ends
        self.version = claim.version
        self._claim = claim
        self._kind = kind
        self._store = store
        self._timings = timings
        self._size_class = eta.size_class(size)
        self._usual = timings.usual(kind.name, self._size_class)
        self._smoother = eta.Smoother()
        self._lock = threading.Lock()
        self._vouched_at = 0.0
        self._unwritten = False
        self._counted = False  # whether the version says that there is something unwritten
        self._over = False
        self._claimed_at = self._news_at = now = clock.monotonic()
        self._ahead = 0  # items of this step that are done, and not in `_live` yet
        self._is_behind = False  # whether `_live` is
        self.is_held = hold_seconds > 0
        self._held_until = now + hold_seconds
        self._write_again_at = self._held_until
        self._times = StepTimes(now)
        self._live = LiveState(updated_at=claim.started_at)

    @property
    def live(self) -> LiveState:
        """What is said of the job by now, written or not."""
        with self._lock:
            self._catch_up()
            return self._live

    def step(self, name: str, total: int | None = None) -> None:
        """Begin the step of that name, of `total` items where they can be counted."""
        with self._lock:
            self._catch_up()
            self._close_step()
            self._times.begin(name, clock.monotonic())
            self._live.step = name
            self._live.message = ""
            self._live.current = 0 if total is not None else None
            self._live.total = total
            self._news(at_once=True)

    def only(self, names: Collection[str]) -> None:
        """Leave all other steps out of the bar and of the estimate: this attempt has no need of them."""
        with self._lock:
            steps = tuple(step for step in self._kind.steps if step.name in names or step is COMPLETE)
            self._kind = replace(self._kind, steps=steps)

    def advance(self, n: int = 1) -> None:
        """Another `n` items of this step are done."""
        with self._lock:
            self._ahead += n
            self._news()

    def message(self, text: str) -> None:
        """Say what is being done, in words for people."""
        with self._lock:
            self._live.message = text[:MAX_MESSAGE_CHARS]
            self._news()

    def cancel_requested(self) -> None:
        """Tell that the job was asked to stop; no news of the job itself."""
        with self._lock:
            if not (self._over or self._live.cancel_requested):
                self._live.cancel_requested = True
                self._write()

    def flush(self) -> None:
        """Write what has not been written yet; without any, keep what is there from being forgotten."""
        with self._lock:
            if self._over or clock.monotonic() < self._held_until:
                return
            if self._unwritten:
                self._write()
            elif clock.monotonic() - self._vouched_at > KEEP_SECONDS:
                self._keep()

    def let_go(self) -> None:
        """Write what was held back for the beginning, if that is past and nothing has been written since."""
        with self._lock:
            if self.is_held and not self._over and clock.monotonic() >= self._held_until:
                self._write()

    def row_values(self) -> dict[str, Any]:
        """What the row keeps a copy of."""
        with self._lock:
            self._catch_up()
            live = self._live
            return {
                "progress": live.progress,
                "step": live.step,
                "message": live.message,
                "current": live.current,
                "total": live.total,
                "version": self.version,
                "steps": self._times.rows(clock.monotonic()),
                "updated_at": db_now() - (clock.monotonic() - self._news_at),
            }

    def steps(self) -> list[dict[str, Any]]:
        """What the attempt has spent its time on so far: `{name, seconds}` of each step."""
        with self._lock:
            return self._times.rows(clock.monotonic())

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
            self._catch_up()
            if status == states.FINISHED:  # how long a step took that was broken off teaches nothing
                self._close_step()
            self._over = True
            self._live.status = status
            self._live.ended_at = self._live.updated_at = self._at(clock.monotonic())
            self._live.eta = Remaining(0.0, 0.0)
            self._live.cancel_requested = False
            if status == states.FINISHED:
                self._live.step, self._live.message, self._live.progress = "complete", "", 1.0
            self._live.extra = end_fields(status, error=error, result=result, result_url=result_url)
            self._write(ends=True)

    def _at(self, instant: float) -> float:
        """An instant of `clock.monotonic()` by the database's clock, as all of a job: this host's may be off."""
        return self._claim.started_at + (instant - self._claimed_at)

    def _close_step(self) -> None:
        now = clock.monotonic()
        if self._times.name:
            self._timings.note(self._kind.name, self._times.name, self._size_class, self._times.running_seconds(now))
        self._times.end(now)

    def _news(self, *, at_once: bool = False) -> None:
        """Take down that there are some; all that can be left until they are written is."""
        self._news_at = now = clock.monotonic()
        self._is_behind = self._unwritten = True
        self._counted = False
        if now >= self._write_again_at or (at_once and now >= self._held_until):
            self._write()

    def _catch_up(self) -> None:
        """Count what is done into what is said of the job."""
        if not self._is_behind:
            return
        self._is_behind = False
        if self._ahead:
            self._live.current = (self._live.current or 0) + self._ahead
            self._ahead = 0
        self._live.updated_at = self._at(self._news_at)
        self._live.progress = max(self._live.progress, self._fraction())

    def _fraction(self) -> float:
        """How much of the bar is full: the steps before this one, and the part of this one that is done."""
        done = 0.0
        for step in self._kind.steps:
            if step.name == self._live.step:
                share = min(1.0, (self._live.current or 0) / self._live.total) if self._live.total else 0.0
                return (done + share * step.weight) / sum(s.weight for s in self._kind.steps)
            done += step.weight
        return self._live.progress

    def _estimate(self, now: float) -> Remaining | None:
        left = eta.remaining(
            self._kind.steps,
            self._live.step,
            self._usual,
            elapsed_in_step_seconds=self._times.running_seconds(now),
            current=self._live.current,
            total=self._live.total,
        )
        return self._smoother.smooth(left, now)

    def _write(self, *, ends: bool = False) -> None:
        self._catch_up()
        now = clock.monotonic()
        self._live.steps = self._times.rows(now)
        if not ends:
            self._live.eta = self._estimate(now)
        report = self._report(ends=ends)
        if ends and self.is_held and self._ends is not None:
            self._ends.append(report)
            return
        self.is_held = False
        try:
            version = self._store.store(report)
            self._unwritten = False
        except RedisError as e:
            log.debug("progress_not_written", job_id=self._claim.id, error=str(e))
            # The row tells of it instead, and must not seem unchanged.
            version = self.version if self._counted else self.version + 1
            self._unwritten = self._counted = True
        finally:
            self._vouched_at = now
            self._write_again_at = now + LEAST_SECONDS_BETWEEN_WRITES
        self.version = version or self.version

    def _report(self, *, ends: bool) -> Report:
        claim, head = self._claim, json_head(document(self._claim, self._live))
        return Report(claim.id, claim.attempt, self._live.progress, ends, self.version + 1, head)

    def _keep(self) -> None:
        """Nothing is new, and no new version is made of it; only what Redis has lost is written again."""
        try:
            kept = self._store.keep(self._claim.id, attempt=self._claim.attempt)
        except RedisError as e:
            log.debug("progress_not_kept", job_id=self._claim.id, error=str(e))
            return
        if kept:
            self._vouched_at = clock.monotonic()
        else:
            self._write()
