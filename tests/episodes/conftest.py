"""Episodes on their way in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from extensions import db
from models import Episode, Job, User
from services.episodes import arrivals
from tests.conftest import RunJobs
from tests.media.makers import recording


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few seconds that can be used; not to be changed."""
    return recording(tmp_path_factory.mktemp("video") / "A talk about rivers.mp4")


class Sent:
    """A file as a browser sends it."""

    def __init__(self, path: Path, name: str | None = None) -> None:
        self._path = path
        self.filename = path.name if name is None else name

    def save(self, dst: Path) -> None:
        dst.write_bytes(self._path.read_bytes())


def fresh(episode_id: str) -> Episode:
    db.session.rollback()
    return db.session.get_one(Episode, episode_id, populate_existing=True)


def job_of(episode_id: str) -> Job:
    db.session.rollback()
    newest = select(Job).where(Job.target_id == episode_id).order_by(Job.id.desc()).limit(1)
    return db.session.scalars(newest.execution_options(populate_existing=True)).one()


TakeIn = Callable[..., Episode]


@pytest.fixture
def take_in(owner: User, run_jobs: RunJobs) -> TakeIn:
    """Sends a file, and lets its job run."""
    owner_id = owner.id

    def take(path: Path, **more: str) -> Episode:
        arrival = arrivals.take_upload(owner_id, Sent(path), **more)
        run_jobs()
        return fresh(arrival.episode_id)

    return take
