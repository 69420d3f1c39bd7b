"""The last piece of an upload comes at the moment at which a run ends that has found it incomplete."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select, update

from extensions import db, transaction
from models import Job, Upload, User, Video
from services import resumable
from services.jobs import states as job_states
from services.jobs import transitions
from services.videos import catalogue, runs, states
from services.videos.ends import INCOMPLETE

ROUNDS = 25


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_the_video_is_never_lost(app: Flask, owner: User) -> None:
    owner_id = owner.id
    for number in range(ROUNDS):
        video = catalogue.create(owner_id, video_id=f"v{number}", file_name="a.mp4", size_bytes=4)
        video_id, upload_id = video.id, video.upload_id or ""
        job_id = runs.start(video_id, by="test", only_if=runs.StillStuck(-1.0, 0.0)).job_id
        _claim(job_id)
        resumable.path_of(upload_id).write_bytes(b"film")
        _at_once(app, partial(_end, job_id), partial(resumable.finish, upload_id))
        row = db.session.get_one(Video, video_id, populate_existing=True)
        assert (row.status, row.failures) == (states.PENDING, 0)
        assert db.session.get_one(Upload, upload_id, populate_existing=True).made_id == video_id
        assert len(_live_jobs(video_id)) <= 1


def _claim(job_id: str) -> None:
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(status=job_states.STARTED))
        runs.begin(session, session.get_one(Job, job_id).target_id or "", job_id)


def _end(job_id: str) -> None:
    with transaction() as session:
        assert transitions.fail(session, job_id, 1, code=INCOMPLETE, error="It was never completed.")


def _at_once(app: Flask, *each: Callable[[], None]) -> None:
    barrier = Barrier(len(each))

    def do(what: Callable[[], None]) -> None:
        with app.app_context():
            barrier.wait()
            what()

    with ThreadPoolExecutor(len(each)) as pool:
        list(pool.map(do, each))


def _live_jobs(video_id: str) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Job.id).where(Job.target_id == video_id, Job.status.in_(job_states.LIVE))))
