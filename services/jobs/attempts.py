"""One attempt of a job, run inside a worker's process to whatever end it comes to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from redis.exceptions import RedisError
from rq.timeouts import JobTimeoutException
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

import clock
import crashpoints
from config import Settings
from extensions import DATABASE_AWAY, db, redis, transaction
from services.jobs import children, failure, journal, moves, publish, states, transitions
from services.jobs.claims import Claim
from services.jobs.failure import TryAgain
from services.jobs.lease import LeaseKeeper
from services.jobs.moves import CancelRequested, LeaseLost
from services.jobs.progress import Reporter
from services.jobs.registry import JobType, job_type, resolve
from services.jobs.tally import Tally
from services.jobs.timings import TimingBook
from services.jobs.work import FanOut, HandBack, Outcome, TimeLimitExceeded, Work
from store.progress import ProgressStore, Report

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Attempts:
    """What runs them in one process."""

    settings: Settings
    keeper: LeaseKeeper
    timings: TimingBook
    tally: Tally

    def run(self, claim: Claim, *, hold_seconds: float = 0.0, ends: list[Report] | None = None) -> None:
        """Run one claimed job to whatever end it comes to. Nothing that the job does escapes from here.

        For `hold_seconds` and `ends` see `Reporter`.
        """
        crashpoints.reached("C2")
        kind = job_type(claim.type)
        store = ProgressStore(redis.client)
        size = _size(claim.params)
        reporter = Reporter(claim, kind, store, self.timings, size=size, hold_seconds=hold_seconds, ends=ends)
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
        self.tally.note("done")

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
        self.tally.note("failed")
        if isinstance(decision, TryAgain):
            publish.publish(job.id)
        else:
            work.progress.ended(states.FAILED, error=decision.reason)

    def _after(self, claim: Claim) -> None:
        if claim.parent_id is not None:
            self.keeper.tell_of_child(claim.parent_id)
        self._afterwards(job_type(claim.type))
        db.session.remove()

    def _afterwards(self, kind: JobType) -> None:
        if kind.afterwards is None:
            return
        try:
            resolve(kind.afterwards)()
        except (RedisError, SQLAlchemyError) as e:  # whoever looks next does it
            log.warning("afterwards_failed", type=kind.name, error=str(e))


def _size(params: Mapping[str, Any]) -> int:
    """What an estimate goes by; whoever wrote the row may have written anything."""
    size = params.get("size", 1)
    return size if isinstance(size, int) else 1
