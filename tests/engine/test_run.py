"""Running a job to its end."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from extensions import db
from models import Job, JobEvent, StepTiming, User
from services.jobs.submit import submit
from tests.conftest import RunJobs

Row = Callable[[str], Job]
Told = Callable[[str], dict[str, Any]]


def test_it_finishes_a_job_with_its_result_and_effect(run_jobs: RunJobs, row: Row) -> None:
    job_id = submit("count", params={"to": 5}).job_id
    run_jobs()
    job = row(job_id)
    assert (job.status, job.progress, job.result, job.result_url) == ("finished", 1.0, {"counted": 5}, "/counted")
    assert job.active_key is None
    assert job.lease_until is None
    assert db.session.scalar(select(func.count()).select_from(User).where(User.name == f"{job_id}-1")) == 1


def test_it_tells_the_end_where_it_is_polled(run_jobs: RunJobs, told: Told) -> None:
    job_id = submit("count", params={"to": 5}, title="Up to five").job_id
    run_jobs()
    document = told(job_id)
    assert document["success"] is True
    assert (document["status"], document["progress"], document["current_step"]) == ("finished", 1.0, "complete")
    assert (document["result"], document["result_url"], document["title"]) == ({"counted": 5}, "/counted", "Up to five")
    assert "degraded" not in document


def test_it_writes_every_move_down(run_jobs: RunJobs) -> None:
    job_id = submit("count").job_id
    run_jobs()
    moves = db.session.execute(
        select(JobEvent.from_status, JobEvent.to_status).where(JobEvent.job_id == job_id).order_by(JobEvent.id)
    )
    assert moves.all() == [(None, "queued"), ("queued", "started"), ("started", "finished")]


def test_it_fails_a_job_with_one_sentence_and_keeps_the_traceback_for_operators(
    run_jobs: RunJobs, row: Row, told: Told
) -> None:
    job_id = submit("fail_for_good").job_id
    run_jobs()
    job = row(job_id)
    assert (job.status, job.attempt, job.error_code) == ("failed", 1, "internal_error")
    assert "secret detail" in (job.error_detail or "")
    assert "secret detail" not in str(told(job_id))
    assert told(job_id)["error"] == job.error


def test_it_undoes_the_effect_of_an_end_that_fails(run_jobs: RunJobs, row: Row) -> None:
    job_id = submit("fail_with_effect").job_id
    run_jobs()
    assert row(job_id).status == "queued" or row(job_id).status == "failed"
    assert db.session.scalar(select(User).where(User.name == "half done")) is None


def test_it_learns_how_long_steps_take(run_jobs: RunJobs, runner: Any) -> None:
    submit("count")
    run_jobs()
    runner.timings.save()
    steps = set(db.session.scalars(select(StepTiming.step).where(StepTiming.job_type == "count")))
    assert {"counting", "writing"} <= steps


def test_it_does_several_short_jobs_at_one_ring(runner: Any, row: Row) -> None:
    jobs = [submit("count", target_type="n", target_id=n).job_id for n in range(3)]
    runner.deliver(jobs[0], 1)
    assert [row(job_id).status for job_id in jobs] == ["finished"] * 3
