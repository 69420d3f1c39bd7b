"""A database that is busy when a job ends: the work is not thrown away."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event

from extensions import db
from models import Job
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.work import Outcome, Work
from tests.engine.conftest import SetScript


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


def test_it_ends_as_soon_as_the_database_is_free(
    runner: Runner, row: Callable[[str], Job], script: SetScript, tmp_path: Path
) -> None:
    @event.listens_for(db.engine, "checkout")
    def _impatient(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA busy_timeout = 10")

    somebody = sqlite3.connect(tmp_path / "test.db", check_same_thread=False)

    def lock(_work: Work) -> Outcome:
        somebody.execute("BEGIN IMMEDIATE")
        threading.Timer(0.5, somebody.rollback).start()
        return Outcome({"hours": 1})

    script(lock)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    assert (row(job_id).status, row(job_id).attempt) == ("finished", 1)
    somebody.close()
