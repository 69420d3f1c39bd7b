"""A machine that was lost in mid-transaction leaves a job's row locked in PostgreSQL: nobody waits for it for long."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, create_engine, select, update

import clock
import extensions
from extensions import db, db_now, transaction
from models import Job
from services.jobs.janitor import Janitor
from services.jobs.submit import submit

# For so long the row stays locked, at most: a test that fails should not take for ever.
LOCKED_MS = 25_000


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "POSTGRESQL_LOCK_SECONDS", 1)


@pytest.fixture
def lost_machine(app: Flask) -> Iterator[Connection]:
    """A session as it would be without our settings, which goes on holding what it has locked."""
    engine = create_engine(
        db.engine.url, connect_args={"options": f"-c idle_in_transaction_session_timeout={LOCKED_MS}"}
    )
    with engine.connect() as connection:
        yield connection
        connection.invalidate()
    engine.dispose()


@pytest.fixture
def job_ids(lost_machine: Connection) -> list[str]:
    """Three jobs that have lost their worker; the row of the first is locked."""
    ids = [submit("count", params={"to": n}).job_id for n in range(3)]
    with transaction() as session:
        session.execute(update(Job).values(status="started", lease_owner="w", lease_until=db_now() - 1))
    lost_machine.execute(select(Job.id).where(Job.id == ids[0]).with_for_update())
    return ids


def test_the_janitor_goes_on_with_the_others(job_ids: list[str], janitor: Janitor, row: Callable[[str], Job]) -> None:
    begun = clock.monotonic()
    janitor.sweep()
    assert clock.monotonic() - begun < 5
    assert [row(job_id).attempt for job_id in job_ids] == [1, 2, 2]


def test_it_is_rescued_once_the_lock_is_gone(
    job_ids: list[str], janitor: Janitor, lost_machine: Connection, row: Callable[[str], Job]
) -> None:
    janitor.sweep()
    lost_machine.rollback()
    janitor.sweep()
    assert row(job_ids[0]).attempt == 2


def test_a_cancel_is_refused_within_seconds(client: FlaskClient, job_ids: list[str], row: Callable[[str], Job]) -> None:
    begun = clock.monotonic()
    answer = client.post(f"/api/jobs/{job_ids[0]}/cancel")
    assert clock.monotonic() - begun < 10
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "busy" in answer.get_json()["message"]
    assert row(job_ids[0]).cancel_requested_at is None


def test_one_step_that_waits_in_vain_keeps_no_other_from_its_turn(
    job_ids: list[str], janitor: Janitor, lost_machine: Connection, row: Callable[[str], Job]
) -> None:
    waiting = submit("count", params={"to": 9}).job_id
    lost_machine.rollback()
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_ids[0]).values(status="scheduled", due_at=db_now() - 1))
        session.execute(update(Job).where(Job.id == waiting).values(dispatched_at=None))
    lost_machine.execute(select(Job.id).where(Job.id == job_ids[0]).with_for_update())
    janitor.sweep()
    assert (row(job_ids[0]).status, row(waiting).dispatched_at is not None) == ("scheduled", True)
