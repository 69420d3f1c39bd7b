"""Each guard by itself: what comes late, or from somebody who looked before it changed, alters nothing."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import update

import clock
from extensions import db_now, redis, transaction
from models import Job
from services.jobs import claims, failure, operations, rings, transitions
from services.jobs.claims import Claim, Claimant
from services.jobs.dependencies import Standing
from services.jobs.janitor import Janitor, _rescue_one
from services.jobs.moves import LeaseLost
from services.jobs.registry import QUEUES
from services.jobs.submit import submit
from store.bell import Bell

Row = Callable[[str], Job]
AGAIN = failure.TryAgain(0.0, "worker_lost", "Its worker was lost.")


def _claim(job_id: str, attempt: int = 1) -> Claim | None:
    with transaction() as session:
        return claims.claim(session, job_id, attempt, Claimant("a", "a", 45))


def _finish(job_id: str) -> None:
    with transaction() as session:
        transitions.finish(session, job_id, 1, result={}, result_url=None, version=9)


def test_it_gives_no_job_to_a_ring_for_another_attempt(app: Flask, row: Row) -> None:
    job_id = submit("count").job_id
    assert _claim(job_id, attempt=2) is None
    assert row(job_id).status == "queued"


def test_it_starts_nothing_that_was_asked_to_stop(app: Flask, row: Row) -> None:
    job_id = submit("count").job_id
    with transaction() as session:
        session.execute(update(Job).values(cancel_requested_at=db_now()))
    assert _claim(job_id) is None


def test_it_ends_an_attempt_once(app: Flask, row: Row) -> None:
    job_id = submit("count").job_id
    _claim(job_id)
    with transaction() as session:
        assert transitions.cancel_started(session, job_id, 1, reason="")
    with pytest.raises(LeaseLost):
        _finish(job_id)
    assert row(job_id).status == "canceled"


def test_it_rescues_nobody_who_has_shown_a_sign_of_life_since(app: Flask, row: Row) -> None:
    job_id = submit("count").job_id
    _claim(job_id)
    assert not _rescue_one(job_id, 1, AGAIN, cancel=False)
    assert (row(job_id).status, row(job_id).attempt) == ("started", 1)


@pytest.mark.parametrize("minutes", [-10, 10])
def test_it_asks_no_clock_but_the_database_whose_lease_ran_out(
    app: Flask, janitor: Janitor, row: Row, monkeypatch: pytest.MonkeyPatch, minutes: float
) -> None:
    job_id = submit("count").job_id
    _claim(job_id)
    wrong = clock.now() + minutes * 60
    monkeypatch.setattr(clock, "now", lambda: wrong)
    janitor.sweep()
    assert (row(job_id).status, row(job_id).attempt) == ("started", 1)


def test_two_janitors_ring_once_more_and_not_twice(app: Flask) -> None:
    submit("count")
    redis.client.flushall()
    (waiting,) = rings.waiting_jobs(QUEUES)
    assert [rings.ring_again(waiting), rings.ring_again(waiting)] == [True, False]


def test_the_same_ring_twice_is_one(app: Flask) -> None:
    for _ in range(2):
        Bell(redis.client).ring("default", job_id="J", attempt=1, dispatch_no=0, timeout_seconds=1)
    assert redis.client.llen("rq:queue:default") == 1


def test_it_starts_nothing_over_that_was_started_over_already(app: Flask, row: Row) -> None:
    job_id = submit("count").job_id
    operations.cancel(job_id)
    reopen = partial(transitions.reopen, job_id=job_id, attempts=3, active_key=None, to=Standing("queued"), reason="")
    for expected in (True, False):
        with transaction() as session:
            assert reopen(session) is expected
    assert row(job_id).attempt == 2


def test_a_cancel_is_not_forgotten_by_the_next_attempt(app: Flask, row: Row) -> None:
    job_id = submit("count").job_id
    _claim(job_id)
    with transaction() as session:
        transitions.request_cancel(session, job_id)
        transitions.follow(session, job_id, 1, AGAIN, crashed=True)
    assert row(job_id).status == "canceled"


def test_a_finished_job_lets_go_of_its_target(app: Flask) -> None:
    first = submit("count", target_type="n", target_id=1).job_id
    _claim(first)
    _finish(first)
    assert submit("count", target_type="n", target_id=1).job_id != first
