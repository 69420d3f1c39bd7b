"""Jobs that ended long ago are forgotten, with all that is theirs; the others are not."""

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from extensions import db, db_now, transaction
from models import Job, JobEvent
from services.jobs.janitor import Janitor
from services.jobs.submit import submit
from tests.conftest import RunJobs

DAY_SECONDS = 86_400


@pytest.fixture
def ended(app: Flask, run_jobs: RunJobs) -> list[str]:
    """More jobs that have ended than are forgotten at one go."""
    ids = [submit("count").job_id for _ in range(25)]
    run_jobs()
    return ids


def _age(job_ids: list[str], days: float) -> None:
    with transaction() as session:
        session.execute(update(Job).where(Job.id.in_(job_ids)).values(ended_at=db_now() - days * DAY_SECONDS))


def test_one_round_forgets_all_that_is_too_old(janitor: Janitor, ended: list[str]) -> None:
    _age(ended[:24], 31)
    _age(ended[24:], 29)
    waiting = submit("count").job_id
    janitor.sweep()
    assert set(db.session.scalars(select(Job.id))) == {ended[24], waiting}
    kept = db.session.scalar(select(func.count()).select_from(JobEvent).where(JobEvent.job_id.in_(ended[:24])))
    assert kept == 0
