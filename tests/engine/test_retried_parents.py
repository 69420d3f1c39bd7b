"""A parent that was stopped while it made its children does all its work when it is retried, alone or in bulk."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import insert, update

from extensions import db, transaction
from models import Job
from services.bulk import at_once
from services.bulk.actions import action_of
from services.bulk.batches import Order
from services.bulk.selection import Selection, new_token
from services.jobs import operations, states
from services.jobs.submit import new_row, submit
from tests.conftest import RunJobs

RETRIES: dict[str, Callable[[str], object]] = {
    "by itself": operations.retry,
    "in bulk": lambda job_id: at_once.apply(Order(action_of("retry"), Selection.of_ids([job_id], new_token())), "ann"),
}


@pytest.fixture
def stopped(app: Flask) -> str:
    """A canceled parent of four, with two canceled children so far."""
    job_id = submit("fan_out", params={"to": 4}).job_id
    with transaction() as session:
        for n in range(2):
            facts = {"type": "count", "queue": "default", "parent_id": job_id, "position": n, "target_id": str(n)}
            session.execute(insert(Job).values(new_row(f"child-{n}", facts)))
    operations.cancel(job_id)
    with transaction() as session:  # as if that was a second ago: what ends after the asking is not meant
        session.execute(update(Job).values(ended_at=Job.ended_at - 1))
    return job_id


@pytest.mark.parametrize("way", RETRIES)
def test_it_does_all_of_its_work(way: str, stopped: str, run_jobs: RunJobs, row: Callable[[str], Job]) -> None:
    RETRIES[way](stopped)
    run_jobs()
    assert row(stopped).status == states.FINISHED
    ended = db.session.query(Job).where(Job.parent_id == stopped, Job.status == states.FINISHED).count()
    assert ended == 4
