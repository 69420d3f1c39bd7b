"""However many start a video at once, it has one run."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from errors import Conflict
from extensions import db
from models import Job, Video
from services.videos import runs, states
from services.videos.runs import Run, StillStuck
from tests.videos.rows import a_video

STUCK = StillStuck(older_than_seconds=600.0, quiet_seconds=300.0)
STARTERS = 4


def test_a_second_start_finds_the_run_of_the_first(app: Flask) -> None:
    video_id = a_video()
    first = runs.start(video_id, by="test")
    assert (first.already_running, runs.start(video_id, by="test")) == (False, Run(first.job_id, True))


def test_a_run_bears_its_tags_and_the_name_of_its_video(app: Flask) -> None:
    job = db.session.get_one(Job, runs.start(a_video(name="A boat"), by="test", tags=("recovery",)).job_id)
    assert (job.tags, job.title, job.target_type) == (["recovery"], "A boat", "video")


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_those_at_the_same_moment_make_one_run(app: Flask) -> None:
    for _ in range(10):
        video_id, barrier = a_video(), Barrier(STARTERS)
        with ThreadPoolExecutor(STARTERS) as pool:
            started = list(pool.map(lambda n: _start(app, barrier, n, video_id), range(STARTERS)))  # noqa: B023 - the pool is over before the next round
        assert len({run.job_id for run in started}) == 1
        assert sum(not run.already_running for run in started) == 1
        assert _runs_of(video_id) == 1


def _start(app: Flask, barrier: Barrier, number: int, video_id: str) -> Run:
    """Half of them by a person, half by recovery."""
    with app.app_context():
        barrier.wait()
        return runs.start(video_id, by=str(number), only_if=STUCK if number % 2 else None)


def _runs_of(video_id: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Job.target_id == video_id)) or 0


@pytest.mark.parametrize(
    "values",
    [
        {"status": states.READY},
        {"status": states.FAILED},
        {"status": states.PROCESSING},
        {"created_at": 4e9},
        {"run_ended_at": 4e9},
        {"recover_at": 4e9},
    ],
)
def test_one_that_is_not_stuck_any_more_is_left_alone(app: Flask, values: dict[str, object]) -> None:
    video_id = a_video(**values)
    with pytest.raises(Conflict) as e:
        runs.start(video_id, by="test", only_if=STUCK)
    assert (e.value.code, _runs_of(video_id)) == ("not_stuck", 0)


@pytest.mark.parametrize("status", [states.PENDING, states.PROCESSING, states.READY, states.FAILED])
def test_a_person_may_start_any_that_has_its_file(app: Flask, status: str) -> None:
    video_id = a_video(status=status, recover_at=4e9, problem="internal_error", problem_text="It did not work.")
    runs.start(video_id, by="test")
    row = db.session.get_one(Video, video_id)
    assert (row.status, row.problem, row.recover_at) == (states.PENDING, None, None)


@pytest.mark.parametrize(
    ("values", "code"),
    [({"status": states.UPLOADING}, "upload_in_progress"), ({"upload_id": None}, "no_file")],
)
def test_a_person_cannot_start_one_without_its_file(app: Flask, values: dict[str, object], code: str) -> None:
    video_id = a_video(**values)
    with pytest.raises(Conflict) as e:
        runs.start(video_id, by="test")
    assert (e.value.code, _runs_of(video_id)) == (code, 0)


def test_a_run_that_is_over_keeps_nobody_from_the_next(app: Flask, run_jobs: Callable[[], None]) -> None:
    video_id = a_video()
    first = runs.start(video_id, by="test")
    run_jobs()
    assert runs.start(video_id, by="test").job_id != first.job_id
