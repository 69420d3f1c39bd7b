"""Parents and their children."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select, update

from extensions import db, db_now, redis, transaction
from models import Job, JobEvent
from services.jobs import children, claims, family, operations
from services.jobs.claims import Claimant
from services.jobs.janitor import Janitor
from services.jobs.runner import Runner
from services.jobs.submit import submit
from tests.conftest import RunJobs
from tests.engine.conftest import CHUNK_JOBS

Row = Callable[[str], Job]
Told = Callable[[str], dict[str, Any]]


def _children(parent_id: str, status: str) -> int:
    return (
        db.session.scalar(select(func.count()).select_from(Job).where(Job.parent_id == parent_id, Job.status == status))
        or 0
    )


def test_it_ends_once_all_children_are_over(run_jobs: RunJobs, row: Row) -> None:
    job_id = submit("fan_out", params={"to": 60}).job_id
    run_jobs()
    job = row(job_id)
    assert (job.status, job.result, job.result_url) == ("finished", {"children": 60}, f"/parents/{job_id}")
    assert _children(job_id, "finished") == 60
    assert (
        db.session.scalar(
            select(func.count())
            .select_from(JobEvent)
            .where(JobEvent.job_id == job_id, JobEvent.to_status == "finished")
        )
        == 1
    )


def test_it_tells_of_its_children_while_they_run(runner: Runner, told: Told) -> None:
    job_id = submit("fan_out", params={"to": 60}).job_id
    runner.deliver(job_id, 1)
    assert told(job_id)["children_counts"]["queued"] == 60
    runner.deliver_children(job_id)
    document = told(job_id)
    assert (document["status"], document["current"], document["total"]) == ("started", CHUNK_JOBS, 60)
    assert document["children_counts"]["finished"] == CHUNK_JOBS
    assert {"job_id", "title", "status", "progress"} <= document["children"][0].keys()
    assert 0.4 < document["progress"] < 0.5


def test_it_does_a_chunk_and_lets_others_come_in_between(runner: Runner) -> None:
    job_id = submit("fan_out", params={"to": 60}).job_id
    runner.deliver(job_id, 1)
    assert runner.deliver_children(job_id) is True
    assert _children(job_id, "finished") == CHUNK_JOBS


def test_it_makes_no_child_twice_when_it_was_killed_half_way(runner: Runner, janitor: Janitor, row: Row) -> None:
    job_id = submit("fan_out", params={"to": 60}).job_id
    runner.deliver(job_id, 1)
    with transaction() as session:  # as if the process had died before it let go of the parent
        session.execute(update(Job).where(Job.id == job_id).values(children_total=None, lease_until=db_now() - 1))
    janitor.sweep()
    runner.deliver(job_id, 2)
    assert row(job_id).children_total == 60
    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.parent_id == job_id)) == 60


def test_the_janitor_ends_a_parent_that_nobody_ended(runner: Runner, janitor: Janitor, row: Row) -> None:
    job_id = submit("fan_out", params={"to": 2}).job_id
    runner.deliver(job_id, 1)
    with transaction() as session:
        session.execute(update(Job).where(Job.parent_id == job_id).values(status="finished"))
    janitor.sweep()
    assert row(job_id).status == "finished"


def test_the_janitor_rings_at_once_for_a_child_that_lost_its_worker(runner: Runner, janitor: Janitor, row: Row) -> None:
    job_id = submit("fan_out", params={"to": 2}).job_id
    runner.deliver(job_id, 1)
    child = db.session.scalar(select(Job.id).where(Job.parent_id == job_id).limit(1)) or ""
    with transaction() as session:
        claims.claim(session, child, 1, Claimant("dead", "dead", 45))
        session.execute(update(Job).where(Job.id == child).values(lease_until=db_now() - 1))
    redis.client.flushall()
    janitor.sweep()
    rings: list[bytes] = redis.client.lrange("rq:queue:default", 0, -1)  # type: ignore[assignment]
    assert any(ring.startswith(f"{job_id}-lane".encode()) for ring in rings)


def test_a_failed_child_does_not_fail_the_parent() -> None:
    assert children.parent_status({"finished": 9, "failed": 1}, cancel_requested=False) == "finished"
    assert children.parent_status({"failed": 3}, cancel_requested=False) == "failed"
    assert children.parent_status({"finished": 1, "canceled": 2}, cancel_requested=True) == "canceled"
    assert children.parent_status({"finished": 3}, cancel_requested=True) == "finished"


def test_a_parent_without_children_ends_at_once(run_jobs: RunJobs, row: Row) -> None:
    job_id = submit("fan_out", params={"to": 0}).job_id
    run_jobs()
    assert row(job_id).status == "finished"


def test_retrying_a_parent_runs_only_what_did_not_finish(runner: Runner, run_jobs: RunJobs, row: Row) -> None:
    job_id = submit("fan_out", params={"to": 40}).job_id
    runner.deliver(job_id, 1)
    runner.deliver_children(job_id)
    operations.cancel(job_id)
    operations.retry(job_id)
    assert row(job_id).status == "started"
    run_jobs()
    assert row(job_id).status == "finished"
    starts = db.session.execute(
        select(func.count())
        .select_from(JobEvent)
        .join(Job, Job.id == JobEvent.job_id)
        .where(Job.parent_id == job_id, JobEvent.to_status == "finished")
        .group_by(JobEvent.job_id)
    ).scalars()
    assert set(starts) == {1}


def test_the_gate_itself_stays_shut_while_a_child_is_unfinished(runner: Runner, row: Row) -> None:
    job_id = submit("fan_out", params={"to": 2}).job_id
    runner.deliver(job_id, 1)
    with transaction() as session:
        assert not family.open_gate(session, job_id, 1, status="finished", values={})
    assert row(job_id).status == "started"
