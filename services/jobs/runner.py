"""One ring's worth of work inside a worker's process: claim, run, and on to the next while it is cheap."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.orm import Session

import clock
import crashpoints
from config import Settings
from extensions import db, redis, transaction
from models import Job
from services.jobs import children, claims, signals, states
from services.jobs.attempts import Attempts
from services.jobs.claims import Claim, Claimant
from services.jobs.lease import LeaseKeeper
from services.jobs.registry import QUEUES, job_type
from services.jobs.submit import note_unrung, ring_timeout_seconds
from services.jobs.tally import Tally
from services.jobs.time_limits import time_limit
from services.jobs.timings import TimingBook
from services.jobs.turns import Line, Turns, lines, short_types
from store.bell import Bell
from store.progress import ProgressStore, Report

log = structlog.get_logger(__name__)

# A ring ends once it has done this many jobs, or worked this long: then others get their turn.
CHUNK_JOBS = 250
CHUNK_SECONDS = 2.0
# Further jobs of a ring are likely to be over by then: their first report waits so long, and most need no other one.
BRIEF_SECONDS = 0.1

Take = Callable[[Session], Claim | None]


@dataclass(frozen=True, slots=True)
class Runner:
    """One ring's worth of work, in one process."""

    settings: Settings
    worker_name: str
    worker_label: str
    keeper: LeaseKeeper
    timings: TimingBook
    tally: Tally = field(init=False)
    attempts: Attempts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tally", Tally(self.worker_name))
        object.__setattr__(self, "attempts", Attempts(self.settings, self.keeper, self.timings, self.tally))

    @property
    def claimant(self) -> Claimant:
        return Claimant(self.worker_name, self.worker_label, self.settings.lease_seconds)

    def deliver(self, job_id: str, attempt: int) -> None:
        """Run this attempt if it is still to be had, then further short jobs that are due there or in queues before."""
        began = clock.monotonic()
        first = self._claim(lambda session: claims.claim(session, job_id, attempt, self.claimant))
        if first is None:
            return
        try:
            self.attempts.run(first)
            if job_type(first.type).short and first.parent_id is None:
                self._go_on_after(first, began)
        finally:
            self.tally.tell()

    def _go_on_after(self, first: Claim, began: float) -> None:
        """Others' turns. One who is not served yet has one though the first took all the time: else it would wait until
        all those of the same line were done."""
        queues = QUEUES[: QUEUES.index(first.queue) + 1]
        spent_seconds = clock.monotonic() - began
        turns = self._turns(first, queues, spent_seconds=spent_seconds)
        if spent_seconds <= CHUNK_SECONDS:
            self._drain(lambda: self._next_short(turns), until=began + CHUNK_SECONDS, most=CHUNK_JOBS - 1)
        else:
            served = _line_of(first)
            self._drain(lambda: self._next_short(turns, but=served), until=float("inf"), most=1)

    def deliver_children(self, parent_id: str) -> bool:
        """Run a chunk of a parent's children; whether there may be more.

        Short jobs of queues before theirs go before each of them.
        """
        until = clock.monotonic() + CHUNK_SECONDS
        first = None if signals.stop_requested() else self._next_child(parent_id)
        more = first is not None or signals.stop_requested()
        try:
            if first is not None:
                self.attempts.run(first)
                turns = self._turns(first, QUEUES[: QUEUES.index(first.queue)])
                more = self._drain(
                    lambda: self._next_short(turns) or self._next_child(parent_id), until=until, most=CHUNK_JOBS - 1
                )
        finally:
            self.tally.tell()
        children.refresh_parent(parent_id, at_once=True)
        children.settle_parent(parent_id)
        return more

    def _turns(self, first: Claim, queues: Sequence[str], *, spent_seconds: float = 0.0) -> Turns:
        """Whose turn it is at the ring of that job, whose time is limited, in these queues."""
        kind = job_type(first.type)
        left_seconds = min(kind.time_limit_seconds, ring_timeout_seconds(kind) - spent_seconds)
        types = short_types(time_limit_seconds=left_seconds)
        return Turns(lambda: lines(queues, types), served=[_line_of(first)])

    def _drain(self, claim_next: Callable[[], Claim | None], *, until: float, most: int) -> bool:
        """Claim and run until there is nothing left, or it is others' turn; whether there may be more."""
        done: list[Claim] = []
        ends: list[Report] = []
        try:
            while len(done) < most and clock.monotonic() <= until and not signals.stop_requested():
                claim = claim_next()
                if claim is None:
                    return False
                done.append(claim)
                with time_limit(ring_timeout_seconds(job_type(claim.type))):
                    self.attempts.run(claim, hold_seconds=BRIEF_SECONDS, ends=ends)
            return True
        finally:
            _silence(done)
            _tell(ends)

    def _claim(self, how: Take) -> Claim | None:
        with transaction() as session:
            claim = how(session)
            if claim is not None:
                crashpoints.reached("C1")
            return claim

    def _next_child(self, parent_id: str) -> Claim | None:
        return self._claim(lambda session: claims.claim_child(session, parent_id, self.claimant))

    def _next_short(self, turns: Turns, *, but: Line | None = None) -> Claim | None:
        def take(line: Line) -> Claim | None:
            if line == but:
                return None
            return self._claim(lambda session: claims.claim_in_line(session, line, self.claimant))

        return turns.next(take)


def _line_of(claim: Claim) -> Line:
    return Line(claim.queue, claim.type, claim.owner_id)


def _silence(done: Sequence[Claim]) -> None:
    """Take out the rings of jobs that were done at another one, so that no worker has to find that out one by one."""
    rings = defaultdict(list)
    for job in done:
        if job.parent_id is None:
            rings[job.queue].append(Bell.ring_name(job.id, job.attempt, job.dispatch_no))
    try:
        for queue, names in rings.items():
            Bell(redis.client).unring(queue, names)
    except RedisError as e:
        log.debug("rings_left", error=str(e))


def _tell(ends: Sequence[Report]) -> None:
    """Have the documents of jobs that are over stand in Redis, where their rows need not be asked."""
    try:
        ProgressStore(redis.client).write_many(ends)
    except RedisError as e:
        log.debug("ends_not_written", jobs=len(ends), error=str(e))


def run_next_chunk(runner: Runner, parent_id: str, queue: str, lane: int) -> None:
    """A lane's ring: a chunk, and if there is more, another ring at the tail of the queue.

    Where the parent has moved to another queue its lanes have been rung anew: one more each would double them.
    """
    if runner.deliver_children(parent_id):
        is_in = db.session.scalar(select(Job.queue).where(Job.id == parent_id))
        db.session.rollback()
        if is_in != queue:
            return
        try:
            children.ring_lane(Bell(redis.client), parent_id, queue, lane)
        except RedisError as e:
            log.warning("lane_not_rung", parent_id=parent_id, lane=lane, error=str(e))
            a_child = select(Job.id).where(Job.parent_id == parent_id, Job.status == states.QUEUED).limit(1)
            note_unrung(Job.id == a_child.scalar_subquery())
