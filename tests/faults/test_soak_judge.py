"""The soak's judgement: it sees what is lost and what is doubled, and plans the same from the same seed."""

import pytest
from flask import Flask

from extensions import db
from services.analysing import submit_song
from tests.conftest import MakeSong, RunJobs
from tests.faults import effects
from tests.faults.soak import judge
from tests.faults.soak.load import Asked, Load
from tests.faults.soak.plan import Ask, make_plan


@pytest.fixture
def song_id(app: Flask, make_song: MakeSong) -> int:
    effects.watch(db.engine)
    return make_song().id


def _load(song_id: int, job_id: str) -> Load:
    load = Load("http://localhost", make_plan(0, 60, 10.0), songs=[song_id])
    load.asked = [Asked(Ask(0.0, 0), job_id)]
    load.close()
    return load


def test_it_is_content_with_a_song_that_was_analysed_once(song_id: int, run_jobs: RunJobs) -> None:
    load = _load(song_id, submit_song(song_id).job_id)
    run_jobs()
    assert judge.lost(db.engine, load) == judge.doubled(db.engine) == []


def test_it_sees_work_that_was_never_done(song_id: int, run_jobs: RunJobs) -> None:
    load = _load(song_id, submit_song(song_id).job_id)
    assert len(judge.lost(db.engine, load)) == 1


def test_it_sees_a_job_that_nobody_canceled_and_that_is_canceled(song_id: int, app: Flask) -> None:
    job_id = submit_song(song_id).job_id
    load = _load(song_id, job_id)
    assert app.test_client().post(f"/api/jobs/{job_id}/cancel").status_code == 200
    assert len(judge.lost(db.engine, load)) == 1


def test_it_allows_that_a_job_is_canceled_that_somebody_canceled(song_id: int, app: Flask) -> None:
    job_id = submit_song(song_id).job_id
    load = _load(song_id, job_id)
    assert app.test_client().post(f"/api/jobs/{job_id}/cancel").status_code == 200
    load.asked.append(Asked(Ask(1.0, 0, cancel_after_seconds=0.1), job_id, cancel_answer=(200, "canceled")))
    assert judge.lost(db.engine, load) == []


def test_it_sees_a_song_that_was_written_twice(song_id: int, run_jobs: RunJobs) -> None:
    submit_song(song_id)
    run_jobs()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE analysis SET mood = mood")
    assert judge.doubled(db.engine) == [f"song {song_id}: 2 writes, 1 finishes"]


def test_it_is_content_with_failures_that_faults_cause_and_with_no_others() -> None:
    by_faults = judge.Failure("worker_lost", "Its worker was lost.")
    assert judge.unexplained([by_faults, judge.Failure("internal_error", "Oh.")]) == [
        "a job failed with internal_error: Oh."
    ]


def test_it_plans_the_same_soak_from_the_same_seed() -> None:
    assert make_plan(7, 1000, 180.0) == make_plan(7, 1000, 180.0) != make_plan(8, 1000, 180.0)
