"""The job engine in one process, with everything that can happen to it in any order.

The steps are the engine's own: what a worker does to a job in one go is taken apart here, so that others get between
its claim, its signs of life and its end. Time is a number that only a rule moves on, for the database too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, NamedTuple
from unittest.mock import patch

import orjson
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import ColumnElement, Engine, delete, event, select, text
from sqlalchemy.orm import Session

import clock
import redis_urls
from errors import BackbeatError, Conflict, InvalidInput, TransientError
from extensions import current_settings, db, redis, transaction
from models import Job, JobEvent, JobLog, QueueState, User, WebhookDelivery, WebhookEndpoint
from services.jobs import children, claims, operations, pauses, reads, registry, states, transitions
from services.jobs.claims import Claim
from services.jobs.janitor import Janitor
from services.jobs.journal import Journal
from services.jobs.lease import Lease, LeaseKeeper
from services.jobs.moves import CancelRequested, LeaseLost
from services.jobs.progress import Reporter
from services.jobs.registry import job_type
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.timings import TimingBook
from services.jobs.turns import Line
from services.jobs.work import HandBack, Work
from services.webhooks.outbox import JOB_EVENTS
from store.progress import ProgressStore
from tests.faults import effects, invariants
from tests.faults.tasks import FAULT_TYPES, toil, toil_for_all

WORKERS, TARGETS, QUEUE = 3, 3, "default"
NOON = 1_780_315_200.0  # 2026-06-01 12:00 UTC
ROUNDS_TO_PEACE = 40
OWNER_ID = 1  # of all jobs: somebody who wants to be told of each end
WAITS_SECONDS = (0.5, 5.0, 20.0, 60.0)

which = st.integers(0, 99)  # of those that there are, by the remainder
worker = st.integers(0, WORKERS - 1)


class Found(NamedTuple):
    """What the machine needs to know of a job."""

    id: str
    attempt: int
    parent_id: str | None


class Time:
    """What every clock says: the database's, and this process's."""

    def __init__(self) -> None:
        self.now = NOON

    def rule(self, engine: Engine) -> None:
        """Let SQLite tell this time; SQL functions can be put in place of its own."""
        engine.dispose()
        event.listen(engine, "connect", lambda connection, _: connection.create_function("julianday", 1, self._julian))

    def _julian(self, _modifier: str) -> float:
        return self.now / 86_400 + 2_440_587.5


class JobEngine(RuleBasedStateMachine):
    """Jobs, workers that come and go, two janitors and an operator who clicks on everything."""

    app: Flask
    time: Time

    def __init__(self) -> None:
        super().__init__()
        _empty()
        self.jobs: list[str] = []
        self.at_work: dict[int, Work] = {}
        self.janitors = [Janitor(current_settings()) for _ in range(2)]
        self.keeper = LeaseKeeper(db.engine, lease_seconds=current_settings().lease_seconds)
        self.told: dict[str, list[dict[str, Any]]] = {}

    # ---- work comes in

    @rule(item=st.integers(1, TARGETS))
    def submit_one(self, item: int) -> None:
        submission = submit("toil", target_type="item", target_id=item, owner_id=OWNER_ID)
        if not submission.already_running:
            self.jobs.append(submission.job_id)

    @rule(size=st.integers(0, 3))
    def submit_parent(self, size: int) -> None:
        self.jobs.append(submit("toil_for_all", params={"size": size}, owner_id=OWNER_ID).job_id)

    @precondition(lambda self: self.jobs)
    @rule(job=which)
    def submit_after(self, job: int) -> None:
        """What waits for another job, which may be over, or a part of a larger one: it is refused then."""
        with suppress(Conflict, InvalidInput):
            self.jobs.append(submit("toil", after=self._job(job).id, owner_id=OWNER_ID).job_id)

    # ---- workers

    @precondition(lambda self: self.jobs)
    @rule(by=worker, job=which, attempts_ago=st.integers(0, 1))
    def answer_ring(self, by: int, job: int, attempts_ago: int) -> None:
        """Of the latest attempt, or one that comes late; whether it was answered before does not matter."""
        found = self._job(job)
        attempt = max(1, found.attempt - attempts_ago)
        self._take(by, partial(_try, found.id, attempt))

    @rule(by=worker)
    def go_on_to_the_next(self, by: int) -> None:
        line = Line(QUEUE, "toil", OWNER_ID)
        self._take(by, lambda runner, session: claims.claim_in_line(session, line, runner.claimant))

    @precondition(lambda self: self.jobs)
    @rule(by=worker, parent=which)
    def answer_lane(self, by: int, parent: int) -> None:
        found = self._job(parent)
        self._take(
            by, lambda runner, session: claims.claim_child(session, found.parent_id or found.id, runner.claimant)
        )

    def _take(self, by: int, how: Callable[[Runner, Session], Claim | None]) -> None:
        if by in self.at_work:
            return
        runner = self._runner(by)
        claim = runner._claim(lambda session: how(runner, session))
        if claim is not None:
            self._watch(claim)
            reporter = Reporter(claim, job_type(claim.type), ProgressStore(redis.client), runner.timings)
            lease = Lease(claim.id, claim.attempt, reporter, Journal(claim.id, claim.attempt))
            self.at_work[by] = Work(claim, reporter, lease, self.time.now + 600)
            reporter.step("working", total=4)

    def _watch(self, claim: Claim) -> None:
        if claim.id not in self.jobs:  # a child, known once it runs
            self.jobs.append(claim.id)

    def _runner(self, by: int) -> Runner:
        return Runner(current_settings(), f"worker-{by}", f"here:{by}", self.keeper, TimingBook())

    @precondition(lambda self: self.at_work)
    @rule(by=worker)
    def advance(self, by: int) -> None:
        if by in self.at_work:
            self.at_work[by].progress.advance()

    @precondition(lambda self: self.at_work)
    @rule(by=worker)
    def show_a_sign_of_life(self, by: int) -> None:
        if by in self.at_work:
            self.keeper._renew(self.at_work[by].lease)

    @precondition(lambda self: self.at_work)
    @rule(by=worker, ends=st.sampled_from(["well", "well", "soon again", "badly", "handed back"]))
    def end(self, by: int, ends: str) -> None:
        """As `Runner._run` has it, with whatever the task comes to; it may be long past its lease."""
        if by not in self.at_work:
            return
        work, runner = self.at_work.pop(by), self._runner(by)
        try:
            _do(work, runner, ends)
        except LeaseLost:
            pass
        except CancelRequested:
            runner.attempts._canceled(work)
        except HandBack:
            runner.attempts._handed_back(work)
        except (BackbeatError, ValueError) as e:
            runner.attempts._failed(work, e)
        if work.job.parent_id:
            children.settle_parent(work.job.parent_id)
        db.session.remove()

    @precondition(lambda self: self.at_work)
    @rule(by=worker, seen=st.booleans())
    def crash(self, by: int, seen: bool) -> None:
        """The horse alone, which its worker sees, or the two of them, which nobody does."""
        if self.at_work.pop(by, None) and seen:
            with transaction() as session:
                transitions.free_leases(session, f"worker-{by}", "It was killed.")

    # ---- time, janitors, Redis

    @rule(seconds=st.sampled_from(WAITS_SECONDS))
    def wait(self, seconds: float) -> None:
        self.time.now += seconds

    @rule(janitor=st.integers(0, 1))
    def sweep(self, janitor: int) -> None:
        self.janitors[janitor].sweep()
        pauses.resume_due()

    @rule()
    def redis_loses_everything(self) -> None:
        """What a job has said since its last sign of life is lost with it: it may be told of less for a moment."""
        redis.client.flushall()
        self.told.clear()

    # ---- an operator

    @precondition(lambda self: self.jobs)
    @rule(job=which)
    def cancel(self, job: int) -> None:
        with suppress(Conflict):
            operations.cancel(self._job(job).id)

    @precondition(lambda self: self.jobs)
    @rule(job=which)
    def retry(self, job: int) -> None:
        with suppress(Conflict):
            operations.retry(self._job(job).id)

    @rule(seconds=st.sampled_from((None, 10.0)))
    def pause(self, seconds: float | None) -> None:
        pauses.pause([QUEUE], by="a test", for_seconds=seconds)

    @rule()
    def resume(self) -> None:
        pauses.resume([QUEUE], by="a test")

    # ---- what must hold

    @invariant()
    def keeps_every_promise(self) -> None:
        db.session.rollback()
        assert invariants.broken(db.engine, ended=False) == []

    @invariant()
    def never_tells_of_less_than_before(self) -> None:
        for job_id, document in reads.progress_of_many(self.jobs[-reads.MAX_IDS :]).items():
            told = self.told.setdefault(job_id, [])
            told.append(orjson.loads(document.body))
            assert invariants.falls(told[-2:]) == []
        db.session.rollback()

    @invariant()
    def gives_an_attempt_to_one_worker_only(self) -> None:
        held = [(work.job.id, work.job.attempt) for work in self.at_work.values()]
        assert len(held) == len(set(held))

    def teardown(self) -> None:
        """All workers are lost, then there is peace: everything must come to an end."""
        self.at_work.clear()
        self.resume()
        for _ in range(ROUNDS_TO_PEACE):
            if not self._waiting():
                break
            self.time.now += 60
            self.sweep(0)
            for job in self._waiting():
                self._take(0, partial(_try, job.id, job.attempt))
                self.end(0, "well")
        db.session.rollback()
        assert invariants.broken(db.engine) == []

    def _waiting(self) -> list[Found]:
        return _found(Job.status.in_(states.LIVE))

    def _job(self, number: int) -> Found:
        (found,) = _found(Job.id == self.jobs[number % len(self.jobs)])
        return found


def _found(condition: ColumnElement[bool]) -> list[Found]:
    rows = db.session.execute(select(Job.id, Job.attempt, Job.parent_id).where(condition)).all()
    db.session.rollback()
    return [Found(*row) for row in rows]


def _try(job_id: str, attempt: int, runner: Runner, session: Session) -> Claim | None:
    return claims.claim(session, job_id, attempt, runner.claimant)


def _do(work: Work, runner: Runner, ends: str) -> None:
    if ends == "soon again":
        raise TransientError("The moon is in the way.")
    if ends == "badly":
        raise ValueError("It was not to be.")
    if ends == "handed back":
        raise HandBack("The worker is to stop.")
    work.checkpoint()
    runner.attempts._end(work, toil_for_all(work) if work.job.type == "toil_for_all" else toil(work))


def _empty() -> None:
    redis.client.flushall()
    with transaction() as session:
        for table in (JobEvent, JobLog, Job, QueueState, WebhookDelivery):
            session.execute(delete(table))
        session.execute(text("DELETE FROM effect"))


def _want_to_be_told() -> None:
    with transaction() as session:
        session.add(User(id=OWNER_ID, name="Ada", created_at=NOON))
        session.flush()
        session.add(
            WebhookEndpoint(
                owner_id=OWNER_ID,
                url="https://example.org/",
                is_standing=True,
                events=list(JOB_EVENTS),
                secret=b"",
                created_at=NOON,
                updated_at=NOON,
            )
        )


@contextmanager
def machine(app: Flask) -> Iterator[type[JobEngine]]:
    """The machine on this app's empty database; meanwhile all clocks say its time."""
    time = Time()
    time.rule(db.engine)
    effects.watch(db.engine)
    _want_to_be_told()
    # One that does not give up: on a busy machine the app's own would, and no two runs were alike.
    patient = redis_urls.client(current_settings().effective_redis_url)
    with (
        patient,
        patch.dict(app.extensions, {"backbeat_redis": patient}),
        patch.dict(registry.JOB_TYPES, FAULT_TYPES),
        patch.object(clock, "now", lambda: time.now),
        patch.object(clock, "monotonic", lambda: time.now),
    ):
        yield type("JobEngine", (JobEngine,), {"app": app, "time": time})
