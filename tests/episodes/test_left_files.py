"""A deleted episode leaves no files behind."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from extensions import transaction
from models import Episode, Job, User
from services.episodes import arrivals, catalogue, files, line
from services.jobs import states
from tests.conftest import RunJobs
from tests.episodes.conftest import Sent
from tests.episodes.rows import an_episode_of, put


def test_what_was_put_while_it_was_deleted_goes_too(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    an_episode_of(owner.id)
    real = line.hold

    def put_late(*args: Any) -> Episode:
        put(files.key_of("a-talk", "web.mp4"))
        return real(*args)

    monkeypatch.setattr(line, "hold", put_late)
    catalogue.delete("a-talk")
    assert files.keys_of("a-talk") == []


def test_what_a_lost_worker_stores_after_that_goes_too(
    owner: User, video: Path, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    episode_id = arrivals.take_upload(owner.id, Sent(video)).episode_id
    real = arrivals._store

    def store_late(*args: Any) -> None:
        with transaction() as session:
            session.execute(update(Job).values(status=states.FAILED, active_key=None))
            session.delete(session.get_one(Episode, episode_id))
        real(*args)

    monkeypatch.setattr(arrivals, "_store", store_late)
    run_jobs()
    assert files.keys_of(episode_id) == []
