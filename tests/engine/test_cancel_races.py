"""A cancel that comes between two moves of a job is never lost."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from errors import Conflict, TransientError
from extensions import db
from models import Job, JobEvent
from services.jobs import operations, publish
from services.jobs.janitor import Janitor
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.work import Child, FanOut, HandBack, Outcome, Work
from tests.conftest import RunJobs
from tests.engine.conftest import SetScript

Row = Callable[[str], Job]


def _children(number: int) -> Iterator[Child]:
    return (Child(str(n), f"Number {n}") for n in range(number))


def test_an_error_worth_a_retry_does_not_outlive_it(runner: Runner, row: Row, script: SetScript) -> None:
    def cancel_and_fail(work: Work) -> Outcome:
        operations.cancel(work.job.id)
        raise TransientError("The moon is in the way.")

    script(cancel_and_fail)
    job_id = submit("scripted", target_type="n", target_id=1).job_id
    runner.deliver(job_id, 1)
    assert (row(job_id).status, row(job_id).active_key) == ("canceled", None)


def test_being_handed_back_does_not_outlive_it(runner: Runner, row: Row, script: SetScript) -> None:
    def cancel_and_stop(work: Work) -> Outcome:
        operations.cancel(work.job.id)
        raise HandBack("The worker is to stop.")

    script(cancel_and_stop)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    assert row(job_id).status == "canceled"


def test_the_janitor_cancels_what_waits_with_a_cancel_on_it(runner: Runner, row: Row, janitor: Janitor) -> None:
    job_id = submit("count", target_type="n", target_id=1).job_id
    job = row(job_id)
    job.cancel_requested_at = job.created_at
    db.session.commit()
    janitor.sweep()
    assert (row(job_id).status, row(job_id).active_key) == ("canceled", None)
    last = select(JobEvent.from_status, JobEvent.to_status).order_by(JobEvent.id.desc()).limit(1)
    assert tuple(db.session.execute(last).one()) == ("queued", "canceled")


def test_it_stops_a_parent_that_has_just_made_its_last_child(runner: Runner, row: Row, script: SetScript) -> None:
    def fan_out(work: Work) -> FanOut:
        def made() -> Iterator[Child]:
            yield from _children(5)
            operations.cancel(work.job.id)

        return FanOut("count", "number", made(), 5)

    script(fan_out)
    job_id = submit("scripted_parent").job_id
    runner.deliver(job_id, 1)
    assert row(job_id).status == "canceled"
    assert publish.status_counts(job_id) == {"canceled": 5}


def test_it_reaches_the_children_of_a_parent_that_waits_for_its_next_attempt(
    runner: Runner, row: Row, script: SetScript
) -> None:
    def fan_out(_work: Work) -> FanOut:
        def made() -> Iterator[Child]:
            yield from _children(550)
            raise TransientError("The moon is in the way.")

        return FanOut("count", "number", made(), 600)

    script(fan_out)
    job_id = submit("scripted_parent").job_id
    runner.deliver(job_id, 1)
    assert row(job_id).status == "queued"
    operations.cancel(job_id)
    assert publish.status_counts(job_id) == {"canceled": 500}


def test_retrying_a_parent_canceled_half_made_does_all_children(
    runner: Runner, run_jobs: RunJobs, row: Row, script: SetScript
) -> None:
    def fan_out(work: Work) -> FanOut:
        def made() -> Iterator[Child]:
            for child in _children(1200):
                if child.target_id == "700" and work.job.attempt == 1:
                    operations.cancel(work.job.id)
                    work.lease.cancel_requested = True  # as the lease keeper finds at its next tick
                yield child

        return FanOut("count", "number", made(), 1200)

    script(fan_out)
    job_id = submit("scripted_parent").job_id
    runner.deliver(job_id, 1)
    assert row(job_id).status == "canceled"
    operations.retry(job_id)
    run_jobs()
    assert row(job_id).status == "finished"
    assert publish.status_counts(job_id) == {"finished": 1200}
    assert len(set(db.session.scalars(select(Job.target_id).where(Job.parent_id == job_id)))) == 1200


def test_a_parent_is_not_deleted_from_under_a_child_at_work(
    runner: Runner, run_jobs: RunJobs, row: Row, script: SetScript
) -> None:
    job_id = submit("fan_out", params={"to": 3}).job_id
    runner.deliver(job_id, 1)
    operations.cancel(job_id)
    child = db.session.scalars(select(Job.id).where(Job.parent_id == job_id).limit(1)).one()
    operations.retry(child)
    with pytest.raises(Conflict, match="child"):
        operations.delete_job(job_id)
    assert row(child).status == "queued"
