"""Workers that die."""

import signal
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from extensions import db_now, transaction
from models import Job
from services.jobs import claims, failure, transitions
from services.jobs.claims import Claimant
from services.jobs.janitor import Janitor
from services.jobs.submit import submit
from tests.conftest import RunJobs

Row = Callable[[str], Job]


def _die_in(job_id: str, attempt: int) -> None:
    with transaction() as session:
        assert claims.claim(session, job_id, attempt, Claimant("a", "a", 45))
        session.execute(update(Job).where(Job.id == job_id).values(lease_until=db_now() - 1))


def test_it_runs_again_after_its_worker_was_lost(app: Flask, janitor: Janitor, run_jobs: RunJobs, row: Row) -> None:
    job_id = submit("count").job_id
    _die_in(job_id, 1)
    janitor.sweep()
    assert (row(job_id).status, row(job_id).attempt, row(job_id).crash_count) == ("queued", 2, 1)
    run_jobs()
    assert (row(job_id).status, row(job_id).attempt) == ("finished", 2)


def test_it_leaves_alone_whose_lease_runs(app: Flask, janitor: Janitor, row: Row) -> None:
    job_id = submit("count").job_id
    with transaction() as session:
        claims.claim(session, job_id, 1, Claimant("a", "a", 45))
    janitor.sweep()
    assert (row(job_id).status, row(job_id).attempt) == ("started", 1)


def test_it_sets_a_job_aside_that_kills_three_workers_in_a_row(app: Flask, janitor: Janitor, row: Row) -> None:
    job_id = submit("count").job_id
    with transaction() as session:
        session.execute(update(Job).values(max_attempts=9))
    for attempt in (1, 2, 3):
        _die_in(job_id, attempt)
        janitor.sweep()
    assert (row(job_id).status, row(job_id).error_code) == ("failed", "quarantined")


def test_two_janitors_rescue_once(app: Flask, janitor: Janitor, row: Row) -> None:
    job_id = submit("count").job_id
    _die_in(job_id, 1)
    Janitor(janitor.settings).sweep()
    janitor.sweep()
    assert (row(job_id).attempt, row(job_id).crash_count) == (2, 1)


@pytest.mark.parametrize(
    ("attempt", "crash_count", "expected"),
    [
        (1, 0, failure.TryAgain(0.0, "worker_lost", "Its worker was lost.")),
        (2, 1, failure.TryAgain(10.0, "worker_lost", "Its worker was lost.")),
        (5, 0, failure.GiveUp("worker_lost", "Its worker was lost. There are no attempts left.")),
    ],
)
def test_it_decides_after_a_crash(attempt: int, crash_count: int, expected: failure.Decision) -> None:
    decision = failure.after_crash(attempt=attempt, max_attempts=5, crash_count=crash_count, base_seconds=5, chance=1.0)
    assert decision == expected


def test_three_crashes_are_a_quarantine() -> None:
    decision = failure.after_crash(attempt=3, max_attempts=9, crash_count=2, base_seconds=5)
    assert isinstance(decision, failure.GiveUp)
    assert decision.code == "quarantined"


@pytest.mark.parametrize(
    ("wait_status", "sentence"),
    [
        (
            signal.SIGKILL,
            "Its process was killed by signal 9 (SIGKILL); perhaps the memory ran out, or it did not stop at its time "
            "limit.",
        ),
        (signal.SIGSEGV, "Its process was killed by signal 11 (SIGSEGV)."),
        (3 << 8, "Its process ended in mid-job, with exit code 3."),
    ],
)
def test_it_says_how_a_process_died(wait_status: int, sentence: str) -> None:
    assert failure.how_it_died(wait_status) == sentence


def test_people_are_told_how_the_process_of_a_job_died(app: Flask, janitor: Janitor, row: Row) -> None:
    job_id = submit("count").job_id
    with transaction() as session:
        claims.claim(session, job_id, 1, Claimant("a", "a", 45))
        transitions.free_leases(session, "a", "Its process was killed by signal 11 (SIGSEGV).")
    janitor.sweep()
    assert (row(job_id).attempt, row(job_id).error_code) == (2, "worker_lost")
    assert row(job_id).error == "Its process was killed by signal 11 (SIGSEGV)."
    _die_in(job_id, 2)
    janitor.sweep()
    assert row(job_id).error == "Its worker was lost."


def test_a_job_that_was_being_canceled_is_not_told_to_have_been_killed(app: Flask, janitor: Janitor, row: Row) -> None:
    job_id = submit("count").job_id
    with transaction() as session:
        claims.claim(session, job_id, 1, Claimant("a", "a", 45))
        transitions.request_cancel(session, job_id)
        transitions.free_leases(session, "a", "Its process was killed by signal 9 (SIGKILL).")
    janitor.sweep()
    assert (row(job_id).status, row(job_id).error) == ("canceled", None)


def test_a_job_that_found_no_memory_is_tried_again() -> None:
    decision = failure.after_error(MemoryError(), attempt=1, max_attempts=2, base_seconds=0)
    assert decision == failure.TryAgain(0.0, "out_of_memory", "There was not enough memory for it.")
