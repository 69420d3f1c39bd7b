"""Taking work in."""

import threading
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

import redis_urls
from extensions import db
from models import Job
from services.jobs.submit import Submission, submit


def _submit_in_a_thread(app: Flask, barrier: threading.Barrier) -> Submission:
    with app.app_context():
        barrier.wait()
        return submit("count", target_type="song", target_id=7)


def test_it_makes_one_job_of_a_hundred_clicks_at_once(app: Flask) -> None:
    barrier = threading.Barrier(25)
    with ThreadPoolExecutor(25) as pool:
        made = list(pool.map(lambda _: _submit_in_a_thread(app, barrier), range(100)))
    assert len({submission.job_id for submission in made}) == 1
    assert sum(not submission.already_running for submission in made) == 1
    assert db.session.scalar(select(func.count()).select_from(Job)) == 1


def test_it_keeps_other_params_apart(app: Flask) -> None:
    first = submit("count", target_type="song", target_id=7, params={"to": 1})
    second = submit("count", target_type="song", target_id=7, params={"to": 2})
    assert first.job_id != second.job_id


def test_it_rings_a_worker(app: Flask, empty_redis: str) -> None:
    job = submit("count", target_type="song", target_id=7)
    with redis_urls.client(empty_redis) as redis:
        assert redis.lrange("rq:queue:default", 0, -1) == [f"{job.job_id}-1-0".encode()]


def test_it_makes_a_new_job_once_the_last_is_over(app: Flask, run_jobs: object) -> None:
    assert callable(run_jobs)
    first = submit("count", target_type="song", target_id=7)
    run_jobs()
    second = submit("count", target_type="song", target_id=7)
    assert not second.already_running
    assert second.job_id != first.job_id
