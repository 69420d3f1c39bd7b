"""Running jobs inside a worker's process: claim, run, end, and on to the next while it is cheap."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from redis.exceptions import RedisError
from rq.timeouts import JobTimeoutException
from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute, Session
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

import clock
import crashpoints
from config import Settings
from extensions import DATABASE_AWAY, db, redis, transaction
from models import Job
from services.jobs import children, failure, journal, moves, publish, signals, states, transitions
from services.jobs.failure import TryAgain
from services.jobs.lease import LeaseKeeper
from services.jobs.moves import CancelRequested, LeaseLost
from services.jobs.progress import Reporter
from services.jobs.registry import JOB_TYPES, JobType, job_type, resolve
from services.jobs.submit import new_row
from services.jobs.timings import TimingBook
from services.jobs.transitions import Claim
from services.jobs.work import FanOut, HandBack, Outcome, TimeLimitExceeded, Work
from store.bell import Bell
from store.progress import ProgressStore
from store.workers import WorkerCounts

log = structlog.get_logger(__name__)

# A ring ends once it has done this many jobs, or worked this long: then others get their turn.
CHUNK_JOBS = 25
CHUNK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Runner:
    """One ring's worth of work, in one process."""

    settings: Settings
    worker_name: str
    worker_label: str
    keeper: LeaseKeeper
    timings: TimingBook

    def deliver(self, job_id: str, attempt: int) -> None:
        """Run this attempt if it is still to be had, then further short jobs that are due in its queue."""
        until = clock.monotonic() + CHUNK_SECONDS
        first = self._claim(lambda session: self._try_claim(session, job_id, attempt))
        if first is None:
            return
        self._run(first)
        if job_type(first.type).short and first.parent_id is None:
            self._drain(lambda session: self._next_short(session, first.queue), until=until, most=CHUNK_JOBS - 1)

    def deliver_children(self, parent_id: str) -> bool:
        """Run a chunk of a parent's children; whether there may be more."""
        until = clock.monotonic() + CHUNK_SECONDS
        more = self._drain(lambda session: self._next_child(session, parent_id), until=until, most=CHUNK_JOBS)
        children.refresh_parent(parent_id, at_once=True)
        children.settle_parent(parent_id)
        return more

    def _drain(self, claim_next: Callable[[Session], Claim | None], *, until: float, most: int) -> bool:
        """Claim and run until there is nothing left, or it is others' turn; whether there may be more."""
        for _ in range(most):
            if signals.stop_requested() or clock.monotonic() > until:
                return True
            claim = self._claim(claim_next)
            if claim is None:
                return False
            self._run(claim)
        return True

    def _claim(self, how: Callable[[Session], Claim | None]) -> Claim | None:
        with transaction() as session:
            claim = how(session)
            if claim is not None:
                crashpoints.reached("C1")
            return claim

    def _try_claim(self, session: Session, job_id: str, attempt: int) -> Claim | None:
        return transitions.claim(
            session,
            job_id,
            attempt,
            owner=self.worker_name,
            worker=self.worker_label,
            lease_seconds=self.settings.lease_seconds,
        )

    def _next_child(self, session: Session, parent_id: str) -> Claim | None:
        return self._claim_first(session, Job.parent_id == parent_id, order_by=Job.position)

    def _next_short(self, session: Session, queue: str) -> Claim | None:
        own = (Job.parent_id.is_(None), Job.queue == queue, Job.type.in_(_short_types()))
        return self._claim_first(session, *own, order_by=Job.due_at)

    def _claim_first(
        self, session: Session, *wanted: ColumnElement[bool], order_by: InstrumentedAttribute[Any]
    ) -> Claim | None:
        waiting = (
            select(Job.id, Job.attempt)
            .where(Job.status == states.QUEUED, Job.cancel_requested_at.is_(None), *wanted)
            .order_by(order_by)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = session.execute(waiting).one_or_none()
        return None if row is None else self._try_claim(session, row.id, row.attempt)

    def _run(self, claim: Claim) -> None:
        """Run one claimed job to whatever end it comes to. Nothing that the job does escapes from here."""
        crashpoints.reached("C2")
        kind = job_type(claim.type)
        store = ProgressStore(redis.client)
        reporter = Reporter(claim, kind, store, self.timings, size=int(claim.params.get("size", 1)))
        with (
            self.keeper.keep(claim.id, claim.attempt, reporter, parent_id=claim.parent_id) as lease,
            lease.journal.listening(),
        ):
            work = Work(claim, reporter, lease, clock.monotonic() + kind.time_limit_seconds)
            try:
                reporter.step(kind.steps[0].name)
                self._end(work, resolve(kind.task)(work))
            except LeaseLost:
                log.warning("lease_lost", job_id=claim.id, attempt=claim.attempt)
            except CancelRequested:
                self._canceled(work)
            except HandBack:
                self._handed_back(work)
            except JobTimeoutException:
                self._failed(work, TimeLimitExceeded("The job took longer than it may, and was stopped."))
            except Exception as e:  # whatever a job raises must end as a state of its row
                self._failed(work, e)
        self._after(claim)

    def _end(self, work: Work, outcome: Outcome | FanOut) -> None:
        if isinstance(outcome, FanOut):
            self._fan_out(work, outcome)
            return
        work.progress.flush()
        self._persist(work, lambda session: self._finish(session, work, outcome))
        crashpoints.reached("C5")
        outcome.after_commit()
        work.progress.ended(states.FINISHED, result=outcome.result, result_url=outcome.result_url)
        self._count("done")

    def _finish(self, session: Session, work: Work, outcome: Outcome) -> None:
        transitions.finish(
            session,
            work.job.id,
            work.job.attempt,
            result=outcome.result,
            result_url=outcome.result_url,
            version=work.progress.version + 1,
            steps=work.progress.steps(),
        )
        outcome.save()
        crashpoints.reached("C4")

    def _persist(self, work: Work, change: Callable[[Session], object]) -> bool:
        """Commit how a job ended with what it logged, again and again for as long as the lease would last: the work is
        done, only the database is busy. False if the change says that it came too late."""
        for attempt in Retrying(
            retry=retry_if_exception_type(DATABASE_AWAY),
            stop=stop_after_delay(self.settings.lease_seconds),
            wait=wait_random_exponential(multiplier=0.2, max=2),
            reraise=True,
        ):
            with attempt, work.lease.journal.taken() as lines, transaction() as session:
                if change(session) is False:
                    return False
                journal.write(session, lines)
                return True
        raise AssertionError("a retry ends by returning or raising")

    def _give_up(self, work: Work, move: Callable[[Session], bool]) -> bool:
        """End an attempt that did not finish, where it has come to; false if it is not ours any more."""

        def change(session: Session) -> bool:
            moves.keep_progress(session, work.job.id, work.job.attempt, work.progress.row_values())
            return move(session)

        return self._persist(work, change)

    def _fan_out(self, work: Work, fan_out: FanOut) -> None:
        children.make_children(work, fan_out)
        crashpoints.reached("P2")
        children.refresh_parent(work.job.id, at_once=True)
        if not children.settle_parent(work.job.id):
            children.ring_lanes(work.job.id, work.job.queue, fan_out.total)

    def _canceled(self, work: Work) -> None:
        job = work.job
        reason = "stopped at a checkpoint"
        if self._give_up(work, lambda session: transitions.cancel_started(session, job.id, job.attempt, reason=reason)):
            work.progress.ended(states.CANCELED)

    def _handed_back(self, work: Work) -> None:
        if self._give_up(work, lambda session: transitions.hand_back(session, work.job.id, work.job.attempt)):
            publish.publish(work.job.id)

    def _failed(self, work: Work, error: Exception) -> None:
        job = work.job
        decision = failure.after_error(
            error,
            attempt=job.attempt,
            max_attempts=job.max_attempts,
            base_seconds=self.settings.retry_base_seconds,
        )
        retry_in = {"retry_in_seconds": round(decision.delay_seconds, 1)} if isinstance(decision, TryAgain) else {}
        log.warning(
            "attempt_failed",
            job_id=job.id,
            attempt=job.attempt,
            code=decision.code,
            reason=decision.reason,
            **retry_in,
            exc_info=error,
        )
        detail = failure.detail(error)
        if not self._give_up(
            work, lambda session: transitions.follow(session, job.id, job.attempt, decision, detail=detail)
        ):
            return
        self._count("failed")
        if isinstance(decision, TryAgain):
            publish.publish(job.id)
        else:
            work.progress.ended(states.FAILED, error=decision.reason)

    def _after(self, claim: Claim) -> None:
        if claim.parent_id is not None:
            children.refresh_parent(claim.parent_id)
        self._afterwards(job_type(claim.type))
        db.session.remove()

    def _afterwards(self, kind: JobType) -> None:
        if kind.afterwards is None:
            return
        try:
            resolve(kind.afterwards)()
        except (RedisError, SQLAlchemyError) as e:  # whoever looks next does it
            log.warning("afterwards_failed", type=kind.name, error=str(e))

    def _count(self, outcome: str) -> None:
        try:
            WorkerCounts(redis.client).add(self.worker_name, outcome)
        except RedisError as e:
            log.debug("not_counted", error=str(e))


def is_wanted(job_id: str, attempt: int) -> bool:
    """Whether a ring for this attempt still has something to do; a look only, the claim decides."""
    wanted = select(Job.id).where(Job.id == job_id, Job.attempt == attempt, Job.status == states.QUEUED)
    return db.session.scalar(wanted) is not None


def has_waiting_children(parent_id: str, _lane: int, _serial: int) -> bool:
    """Whether a ring for a lane still has something to do; a look only."""
    waiting = select(Job.id).where(Job.parent_id == parent_id, Job.status == states.QUEUED)
    return db.session.scalar(waiting.limit(1)) is not None


def rehearse(runner: Runner) -> None:
    """Run a job that does nothing in a transaction that is undone: processes forked from here know the statements."""
    job_id, kind = "rehearsal", next(iter(JOB_TYPES.values()))
    is_wanted(job_id, 1)
    db.session.rollback()
    with transaction() as session:
        session.execute(insert(Job).values(new_row(job_id, {"type": kind.name, "queue": kind.queue})))
        runner._next_child(session, "")
        runner._next_short(session, "")
        if runner._try_claim(session, job_id, 1):
            transitions.finish(session, job_id, 1, result={}, result_url=None, version=2)
        session.rollback()


def _short_types() -> list[str]:
    return [kind.name for kind in JOB_TYPES.values() if kind.short]


def run_next_chunk(runner: Runner, parent_id: str, queue: str, lane: int) -> None:
    """A lane's ring: a chunk, and if there is more, another ring at the tail of the queue that the parent is in now."""
    if runner.deliver_children(parent_id):
        moved_to = db.session.scalar(select(Job.queue).where(Job.id == parent_id))
        db.session.rollback()
        try:
            children.ring_lane(Bell(redis.client), parent_id, moved_to or queue, lane)
        except RedisError as e:
            log.warning("lane_not_rung", parent_id=parent_id, lane=lane, error=str(e))
