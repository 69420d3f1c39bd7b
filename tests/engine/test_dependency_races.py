"""The end of a job and a job that wants to wait for it, at the same moment: nobody waits for ever."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from flask import Flask
from sqlalchemy import delete, update

from errors import Conflict
from extensions import transaction
from models import Job
from services.jobs import claims, dependencies, operations, states
from services.jobs.claims import Claimant
from services.jobs.janitor import Janitor
from services.jobs.submit import submit

Row = Callable[[str], Job]
ROUNDS = 10
A_MOMENT_SECONDS = 0.3  # in which it would have ended if nothing held it


def _in_a_thread(app: Flask, barrier: threading.Barrier, deed: Callable[[], str]) -> str:
    with app.app_context():
        barrier.wait()
        try:
            return deed()
        except Conflict as e:
            return e.code


def test_it_never_misses_the_end(app: Flask, row: Row) -> None:
    for _ in range(ROUNDS):
        first = submit("count").job_id
        barrier = threading.Barrier(2)
        deeds = (lambda a=first: operations.cancel(a), lambda a=first: submit("count", after=a).job_id)
        with ThreadPoolExecutor(2) as pool:
            _, outcome = pool.map(lambda deed, b=barrier: _in_a_thread(app, b, deed), deeds)
        assert outcome == "dependency_failed" or row(outcome).error_code == "dependency_failed"


def test_the_end_waits_for_whoever_is_about_to_wait(app: Flask, row: Row) -> None:
    """The order in which they would miss each other: the awaited row is read, then it ends, then the other commits."""
    first, second = submit("count").job_id, submit("count").job_id

    def end() -> str:
        with app.app_context():
            return operations.cancel(first)

    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            assert dependencies.standing(session, first) == dependencies.Standing(states.DEFERRED, first)
            ended = pool.submit(end)
            assert not wait([ended], timeout=A_MOMENT_SECONDS).done
            session.execute(update(Job).where(Job.id == second).values(status=states.DEFERRED, after_id=first))
        assert ended.result() == "canceled"
    assert row(second).error_code == "dependency_failed"


def test_the_janitor_frees_who_waits_for_what_has_finished(app: Flask, row: Row, janitor: Janitor) -> None:
    first = submit("count").job_id
    second = submit("count", after=first).job_id
    with transaction() as session:
        session.execute(update(Job).where(Job.id == first).values(status=states.FINISHED))
    janitor.sweep()
    assert row(second).status == "queued"


def test_the_janitor_fails_who_waits_for_what_is_gone(app: Flask, row: Row, janitor: Janitor) -> None:
    first = submit("count").job_id
    second = submit("count", after=first).job_id
    with transaction() as session:
        session.execute(delete(Job).where(Job.id == first))
    janitor.sweep()
    assert row(second).error == f"Job {first}, which it needs to be finished first, is not there any more."


def test_the_janitor_leaves_others_alone(app: Flask, row: Row, janitor: Janitor) -> None:
    second = submit("count", after=submit("count").job_id).job_id
    janitor.sweep()
    assert row(second).status == "deferred"


def test_a_rescued_job_that_is_given_up_fails_who_waits(app: Flask, row: Row, janitor: Janitor) -> None:
    first = submit("count").job_id
    second = submit("count", after=first).job_id
    with transaction() as session:
        claims.claim(session, first, 1, Claimant("a", "a", -1))
        session.execute(update(Job).where(Job.id == first).values(crash_count=2))
    janitor.sweep()
    assert row(first).error_code == "quarantined"
    assert row(second).error_code == "dependency_failed"
