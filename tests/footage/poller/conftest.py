"""The poller with quick work, on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from extensions import db
from models import FootageEvent, Job, User
from services.footage import sessions
from services.jobs import states
from services.jobs.janitor import Janitor
from services.jobs.runner import Runner
from tests.footage.poller import quick


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The poller keeps its promises on both databases."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(autouse=True)
def _quick_work(monkeypatch: pytest.MonkeyPatch) -> None:
    quick.install(monkeypatch)


AddFootage = Callable[..., str]


@pytest.fixture
def add_footage(owner: User) -> AddFootage:
    """A record; see `quick.add_footage`."""
    owner_id = owner.id
    return lambda footage_id, **values: quick.add_footage(owner_id, footage_id, **values)[0]


@pytest.fixture
def live_session(owner: User) -> str:
    """A session that is live, of which no cycle is run unless a test does so."""
    return sessions.start(owner.id).job_id


@pytest.fixture
def live_jobs(app: Flask) -> Callable[[], list[tuple[str, str | None]]]:
    """`(type, target)` of the live jobs of steps."""

    def read() -> list[tuple[str, str | None]]:
        db.session.rollback()
        wanted = select(Job.type, Job.target_id).where(Job.status.in_(states.LIVE), Job.target_id != "all")
        return [(row.type, row.target_id) for row in db.session.execute(wanted.order_by(Job.id))]

    return read


@pytest.fixture
def run_steps(runner: Runner) -> Callable[[], None]:
    """Runs the steps' jobs that are queued, and those that follow, but no session."""

    def run() -> None:
        queued = select(Job.id, Job.attempt).where(
            Job.status == states.QUEUED, Job.type != "footage_session", Job.parent_id.is_(None)
        )
        while row := db.session.execute(queued.limit(1)).one_or_none():
            db.session.rollback()
            runner.deliver(row.id, row.attempt)

    return run


@pytest.fixture
def history(app: Flask) -> Callable[[str], list[tuple[int | None, str]]]:
    """`(frame, to_status)` of each move of a record and its frames."""

    def read(footage_id: str) -> list[tuple[int | None, str]]:
        db.session.rollback()
        moves = select(FootageEvent.frame_position, FootageEvent.to_status).where(
            FootageEvent.footage_id == footage_id, FootageEvent.is_failure.is_(False)
        )
        return [(row.frame_position, row.to_status) for row in db.session.execute(moves.order_by(FootageEvent.id))]

    return read


@pytest.fixture
def janitor(app: Flask, runner: Runner) -> Janitor:
    return Janitor(runner.settings)
