"""Attempts that fail for a reason that may pass."""

import errno
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from errors import TransientError
from extensions import db_now, transaction
from models import Job
from services.jobs import failure
from services.jobs.janitor import Janitor
from services.jobs.submit import submit
from tests.conftest import RunJobs

DISK_FULL = "The disk is full: make room on it, and try again."

Row = Callable[[str], Job]
Told = Callable[[str], dict[str, Any]]


class TestWithDelay:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        return {"retry_base_seconds": 100.0}

    def test_it_waits_before_the_next_attempt_and_says_so(self, run_jobs: RunJobs, row: Row, told: Told) -> None:
        job_id = submit("fail_for_now").job_id
        run_jobs()
        job = row(job_id)
        assert (job.status, job.attempt) == ("scheduled", 2)
        assert 40 <= job.due_at - job.updated_at <= 101
        document = told(job_id)
        assert (document["status"], document["attempt"]) == ("scheduled", 2)
        assert document["error"] == "The moon is in the way."

    def test_it_is_queued_again_once_it_is_due(self, run_jobs: RunJobs, row: Row, janitor: Janitor) -> None:
        job_id = submit("fail_for_now").job_id
        run_jobs()
        janitor.sweep()
        assert row(job_id).status == "scheduled"
        with transaction() as session:
            session.execute(update(Job).values(due_at=db_now() - 1))
        janitor.sweep()
        assert row(job_id).status == "queued"


def test_it_gives_up_after_the_last_attempt(run_jobs: RunJobs, row: Row, app: Flask) -> None:
    job_id = submit("fail_for_now").job_id
    run_jobs()
    job = row(job_id)
    assert (job.status, job.attempt, job.error) == ("failed", 3, "The moon is in the way.")


@pytest.mark.parametrize(
    ("error", "attempt", "expected"),
    [
        (TransientError("x"), 1, failure.TryAgain(5.0, "temporary_failure", "x")),
        (TransientError("x"), 2, failure.TryAgain(10.0, "temporary_failure", "x")),
        (TransientError("x"), 5, failure.GiveUp("temporary_failure", "x")),
        (TransientError("x", retry_after_seconds=60), 1, failure.TryAgain(60, "temporary_failure", "x")),
        (OSError(errno.ENOSPC, "x"), 1, failure.TryAgain(5.0, "disk_full", DISK_FULL)),
        (OSError(errno.EDQUOT, "x"), 5, failure.GiveUp("disk_full", DISK_FULL)),
        (OSError(errno.EIO, "x"), 1, failure.GiveUp("internal_error", failure.UNEXPECTED)),
        (ValueError("x"), 1, failure.GiveUp("internal_error", failure.UNEXPECTED)),
    ],
)
def test_it_decides_after_an_error(error: Exception, attempt: int, expected: failure.Decision) -> None:
    assert failure.after_error(error, attempt=attempt, max_attempts=5, base_seconds=5, chance=1.0) == expected


def test_its_delays_grow_and_end() -> None:
    delays = [failure.backoff_seconds(n, base_seconds=5, chance=1.0) for n in range(12)]
    assert delays[:4] == [5, 10, 20, 40]
    assert delays[-1] == 900
    assert failure.backoff_seconds(0, base_seconds=5, chance=0.0) == 2.5
