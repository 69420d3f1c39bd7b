"""A step's job that is canceled, given up after lost workers, or late, and what its record hears of it."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update

from errors import Conflict
from extensions import db, transaction
from models import Footage, FootageEvent, Job
from services.footage import dispatch, states
from services.jobs import claims, operations
from services.jobs import states as job_states
from services.jobs.janitor import Janitor
from services.jobs.runner import Runner
from tests.footage.contexts import footage
from tests.footage.poller import quick
from tests.footage.poller.conftest import AddFootage


def _job() -> Job:
    db.session.rollback()
    return db.session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()


def _lose_worker(runner: Runner) -> None:
    """Claim the job as a worker that dies at once."""
    job = _job()
    job_id, attempt = job.id, job.attempt
    with transaction() as session:
        assert claims.claim(session, job_id, attempt, runner.claimant) is not None
        session.execute(update(Job).where(Job.id == job_id).values(lease_until=0.0))


def test_a_job_that_is_canceled_counts(add_footage: AddFootage) -> None:
    add_footage("AF0001")
    dispatch.move_on()
    operations.cancel(_job().id)
    assert (footage("AF0001").failures, footage("AF0001").error_code) == (1, "canceled")


def test_a_lost_worker_does_not_count_and_no_second_job_is_made(
    add_footage: AddFootage, runner: Runner, janitor: Janitor, live_jobs: Callable[[], list[object]]
) -> None:
    add_footage("AF0001")
    dispatch.move_on()
    _lose_worker(runner)
    dispatch.move_on()
    janitor.sweep()
    dispatch.move_on()
    assert len(live_jobs()) == 1
    assert footage("AF0001").failures == 0
    runner.deliver(_job().id, 2)
    assert quick.status_of("AF0001") == states.FILE_INFO_COMPLETE


def test_what_brings_three_workers_down_is_set_aside(add_footage: AddFootage, runner: Runner, janitor: Janitor) -> None:
    add_footage("AF0001")
    dispatch.move_on()
    for _ in range(3):
        _lose_worker(runner)
        janitor.sweep()
        janitor.sweep()
    row = footage("AF0001")
    assert (row.status, row.error_code, row.failures) == (states.FAILED, "quarantined", 1)


def test_what_was_deleted_meanwhile_is_nobodys_failure(
    add_footage: AddFootage, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deletes(_key: str | int, _context: object) -> None:
        with transaction() as session:
            session.execute(delete(Footage))

    quick.install(monkeypatch, deletes)
    add_footage("AF0001", status=states.THUMBNAILS_COMPLETE)
    dispatch.move_on()
    runner.deliver(_job().id, 1)
    assert (_job().status, _job().error_code) == (job_states.FAILED, "no_such_footage")
    assert db.session.scalars(select(FootageEvent.id)).all() == []


def test_a_job_of_a_record_that_has_left_the_step_does_nothing(add_footage: AddFootage, runner: Runner) -> None:
    add_footage("AF0001")
    dispatch.move_on()
    with transaction() as session:
        session.execute(update(Footage).values(status=states.FILE_INFO_COMPLETE))
    runner.deliver(_job().id, 1)
    assert _job().status == job_states.FINISHED
    assert quick.status_of("AF0001") == states.FILE_INFO_COMPLETE


def test_the_job_cannot_be_retried_by_itself(add_footage: AddFootage) -> None:
    add_footage("AF0001")
    dispatch.move_on()
    job_id = _job().id
    operations.cancel(job_id)
    with pytest.raises(Conflict, match="retry the record"):
        operations.retry(job_id)
