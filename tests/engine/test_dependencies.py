"""Jobs that wait for another one to finish."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from errors import Conflict, InvalidInput
from extensions import db, transaction
from models import Job, JobEvent
from services.bulk import actions, moves
from services.jobs import operations
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.work import Outcome
from tests.conftest import RunJobs
from tests.engine.conftest import SetScript

Row = Callable[[str], Job]


def _retry_in_bulk(*job_ids: str) -> None:
    with transaction() as session:
        done = moves.apply(session, actions.ACTIONS[actions.RETRY], job_ids, "")
    done.follow_up()


def _history(job_id: str) -> list[str]:
    return list(db.session.scalars(select(JobEvent.to_status).where(JobEvent.job_id == job_id).order_by(JobEvent.id)))


def test_it_waits_until_the_other_has_finished(runner: Runner, run_jobs: RunJobs, row: Row, script: SetScript) -> None:
    script(lambda _work: Outcome({}, None))
    first = submit("scripted").job_id
    second = submit("scripted", after=first)
    assert (second.status, row(second.job_id).dispatched_at) == ("deferred", None)
    runner.deliver(first, 1)
    assert (row(second.job_id).status, row(second.job_id).after_id) == ("queued", None)
    run_jobs()
    assert row(second.job_id).status == "finished"
    assert _history(second.job_id) == ["deferred", "queued", "started", "finished"]


def test_no_ring_starts_it_early(runner: Runner, row: Row) -> None:
    second = submit("count", after=submit("count").job_id).job_id
    runner.deliver(second, 1)
    assert row(second).status == "deferred"


def test_it_is_queued_at_once_behind_what_has_finished(run_jobs: RunJobs) -> None:
    first = submit("count").job_id
    run_jobs()
    assert submit("count", after=first).status == "queued"


def test_it_fails_with_what_it_waits_for_and_so_does_what_waits_for_it(runner: Runner, row: Row) -> None:
    first = submit("fail_for_good").job_id
    second = submit("count", after=first).job_id
    third = submit("count", after=second).job_id
    runner.deliver(first, 1)
    for job_id, awaited in ((second, first), (third, second)):
        job = row(job_id)
        assert (job.status, job.error_code) == ("failed", "dependency_failed")
        assert job.error == f"Job {awaited}, which it needs to be finished first, has failed."
        assert job.error_group


def test_it_fails_if_what_it_waits_for_is_canceled(app: Flask, row: Row) -> None:
    first = submit("count").job_id
    second = submit("count", after=first).job_id
    operations.cancel(first)
    assert (row(second).status, row(second).error_code) == ("failed", "dependency_failed")


def test_a_parent_is_over_only_with_its_children(runner: Runner, run_jobs: RunJobs, row: Row) -> None:
    first = submit("fan_out", params={"to": 2}).job_id
    second = submit("scripted", after=first).job_id
    runner.deliver(first, 1)
    assert row(second).status == "deferred"
    runner.deliver_children(first)
    assert row(first).status == "finished"
    assert row(second).status == "queued"


def test_it_can_be_canceled_while_it_waits(runner: Runner, row: Row) -> None:
    first = submit("count").job_id
    second = submit("count", after=first).job_id
    assert operations.cancel(second) == "canceled"
    runner.deliver(first, 1)
    assert row(second).status == "canceled"


@pytest.mark.parametrize("end", ["fail", "cancel"])
def test_it_is_refused_behind_what_did_not_finish(end: str, runner: Runner) -> None:
    first = submit("fail_for_good").job_id
    if end == "cancel":
        operations.cancel(first)
    runner.deliver(first, 1)
    with pytest.raises(Conflict, match=first) as refused:
        submit("count", after=first)
    assert refused.value.code == "dependency_failed"


def test_it_is_refused_behind_what_is_not_there(app: Flask) -> None:
    with pytest.raises(Conflict, match="is not there any more"):
        submit("count", after="0" * 26)


def test_it_is_refused_behind_a_part_of_a_larger_job(runner: Runner) -> None:
    parent = submit("fan_out", params={"to": 1}).job_id
    runner.deliver(parent, 1)
    child = db.session.scalars(select(Job.id).where(Job.parent_id == parent)).one()
    with pytest.raises(InvalidInput, match="part of a larger one"):
        submit("count", after=child)


def test_a_retry_waits_again_where_the_other_is_under_way_again(runner: Runner, run_jobs: RunJobs, row: Row) -> None:
    first = submit("count").job_id
    second = submit("count", after=first).job_id
    operations.cancel(first)
    with pytest.raises(Conflict, match="was canceled"):
        operations.retry(second)
    operations.retry(first)
    assert operations.retry(second) == "deferred"
    run_jobs()
    assert (row(first).status, row(second).status) == ("finished", "finished")


def test_a_retry_begins_at_once_where_the_other_has_finished_meanwhile(run_jobs: RunJobs, row: Row) -> None:
    first = submit("count").job_id
    second = submit("count", after=first).job_id
    operations.cancel(first)
    operations.retry(first)
    run_jobs()
    assert operations.retry(second) == "queued"


def test_a_retry_of_what_has_run_asks_for_nobody(runner: Runner, run_jobs: RunJobs, row: Row) -> None:
    first = submit("count").job_id
    second = submit("fail_for_good", after=first).job_id
    run_jobs()
    operations.delete_job(first)
    assert row(second).status == "failed"
    assert operations.retry(second) == "queued"


def test_many_are_retried_in_their_order(run_jobs: RunJobs, row: Row) -> None:
    first = submit("count").job_id
    second = submit("count", after=first).job_id
    third = submit("count", after=second).job_id
    operations.cancel(first)
    _retry_in_bulk(first, second, third)
    assert [row(job_id).status for job_id in (first, second, third)] == ["queued", "deferred", "deferred"]
    run_jobs()
    assert [row(job_id).status for job_id in (first, second, third)] == ["finished"] * 3


def test_bulk_passes_over_what_cannot_begin(app: Flask, row: Row) -> None:
    first = submit("count").job_id
    second = submit("count", after=first).job_id
    operations.cancel(first)
    _retry_in_bulk(second)
    assert row(second).status == "failed"


def test_one_job_is_made_of_two_clicks(app: Flask) -> None:
    first = submit("count").job_id
    again = [submit("count", target_type="n", target_id=1, after=first) for _ in range(2)]
    assert again[0].job_id == again[1].job_id
    assert (again[1].already_running, again[1].status) == (True, "deferred")
