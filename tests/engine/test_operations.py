"""Retrying and deleting."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from errors import Conflict, InvalidInput
from extensions import db
from models import Job, JobEvent
from services.jobs import operations
from services.jobs.filters import JobFilter
from services.jobs.submit import submit
from tests.conftest import RunJobs

Row = Callable[[str], Job]


def test_it_starts_a_failed_job_over_with_new_attempts(run_jobs: RunJobs, row: Row) -> None:
    job_id = submit("fail_for_now").job_id
    run_jobs()
    operations.retry(job_id)
    job = row(job_id)
    assert (job.status, job.attempt, job.max_attempts, job.error) == ("queued", 4, 6, None)


def test_it_refuses_to_retry_what_finished(run_jobs: RunJobs) -> None:
    job_id = submit("count").job_id
    run_jobs()
    with pytest.raises(Conflict, match="finished"):
        operations.retry(job_id)


def test_it_refuses_to_retry_beside_the_same_work(run_jobs: RunJobs) -> None:
    job_id = submit("fail_for_good", target_type="n", target_id=1).job_id
    run_jobs()
    submit("fail_for_good", target_type="n", target_id=1)
    with pytest.raises(Conflict, match="already under way"):
        operations.retry(job_id)


def test_it_deletes_a_job_with_its_children_and_history(run_jobs: RunJobs) -> None:
    job_id = submit("fan_out", params={"to": 3}).job_id
    run_jobs()
    operations.delete_job(job_id)
    assert db.session.scalar(select(Job.id).limit(1)) is None
    assert db.session.scalar(select(JobEvent.id).limit(1)) is None


def test_it_refuses_to_delete_what_is_not_over(app: Flask) -> None:
    with pytest.raises(Conflict, match="Cancel it first"):
        operations.delete_job(submit("count").job_id)


@pytest.mark.parametrize("field", ["status", "type", "queue"])
def test_it_names_the_field_of_a_filter_that_is_wrong(field: str) -> None:
    wrong: dict[str, Any] = {field: "nonsense"}
    with pytest.raises(InvalidInput) as caught:
        JobFilter(**wrong)
    assert caught.value.details is not None
    assert field in caught.value.details
