"""What became of jobs is counted once each, whoever counts, and stays counted."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from extensions import db, redis, transaction
from models import Job, JobEvent, Song
from services.jobs.submit import submit
from services.metrics.counting import BATCH
from services.metrics.moves import count_moves, tally
from store.counters import Counters

SONG = ("high", "analyze_song")


def count() -> int:
    return count_moves(settle_seconds=0)


def counted(*series: str) -> float:
    return Counters(redis.client).read().get(series, 0.0)


def analyze(song: Song) -> str:
    return submit("analyze_song", target_type="song", target_id=song.id).job_id


@pytest.fixture
def counting(app: object) -> None:
    """The first count only notes where it begins."""
    count()


@pytest.mark.usefixtures("counting")
def test_it_counts_a_job_from_its_submission_to_its_end(
    make_song: Callable[..., Song], run_jobs: Callable[[], None]
) -> None:
    analyze(make_song())
    run_jobs()
    count()
    assert counted("jobs_submitted", *SONG) == 1
    assert counted("job_attempts", *SONG) == 1
    assert counted("jobs_ended", *SONG, "finished") == 1
    assert 0 < counted("job_run_seconds", *SONG, "sum") < 60


@pytest.mark.usefixtures("counting")
def test_it_counts_each_move_once(make_song: Callable[..., Song], run_jobs: Callable[[], None]) -> None:
    analyze(make_song())
    run_jobs()
    assert (count(), count()) == (3, 0)
    assert counted("jobs_ended", *SONG, "finished") == 1


@pytest.mark.usefixtures("counting")
def test_it_counts_once_when_two_count_at_once(make_song: Callable[..., Song]) -> None:
    counters, stands = Counters(redis.client), Counters(redis.client).cursor("job_event")
    analyze(make_song())
    count()
    late = counters.add_once({("jobs_submitted", *SONG): 1}, cursor="job_event", stands=stands, moves_to=1)
    assert not late
    assert counted("jobs_submitted", *SONG) == 1


@pytest.mark.usefixtures("counting")
def test_it_keeps_counted_what_is_deleted(make_song: Callable[..., Song], run_jobs: Callable[[], None]) -> None:
    for _ in range(2):
        analyze(make_song())
        run_jobs()
        count()
        with transaction() as session:
            session.execute(delete(Job))
        count()
    assert counted("jobs_ended", *SONG, "finished") == 2


def test_it_takes_no_history_for_growth(make_song: Callable[..., Song], run_jobs: Callable[[], None]) -> None:
    analyze(make_song())
    run_jobs()
    assert (count(), counted("jobs_ended", *SONG, "finished")) == (0, 0)


@pytest.mark.usefixtures("counting")
def test_it_starts_over_when_redis_has_lost_its_data(
    make_song: Callable[..., Song], run_jobs: Callable[[], None]
) -> None:
    analyze(make_song())
    run_jobs()
    count()
    redis.client.flushall()
    count()
    analyze(make_song())
    run_jobs()
    count()
    assert counted("jobs_ended", *SONG, "finished") == 1


@pytest.mark.usefixtures("counting")
def test_it_leaves_what_has_just_happened_for_later(make_song: Callable[..., Song]) -> None:
    analyze(make_song())
    assert count_moves(settle_seconds=60) == 0
    with transaction() as session:
        session.execute(update(JobEvent).values(at=JobEvent.at - 61))
    assert count_moves(settle_seconds=60) == 1


@pytest.mark.usefixtures("counting")
def test_it_counts_more_than_one_batch(make_song: Callable[..., Song]) -> None:
    job_id = analyze(make_song())
    event = {"job_id": job_id, "attempt": 1, "from_status": "queued", "to_status": "started", "reason": "", "at": 1.0}
    with transaction() as session:
        session.bulk_insert_mappings(JobEvent.__mapper__, [event] * (BATCH + 1))
    assert count() == BATCH + 2
    assert counted("job_attempts", *SONG) == BATCH + 1


@pytest.mark.usefixtures("counting")
def test_it_counts_children_that_are_canceled_in_one_go(make_playlist: Callable[..., Any]) -> None:
    job_id = submit("analyze_playlist", target_type="playlist", target_id=make_playlist().id).job_id
    assert db.session.scalar(select(Job.status).where(Job.id == job_id)) == "queued"
    with transaction() as session:
        event = JobEvent(job_id=job_id, attempt=1, from_status=None, to_status="canceled", reason="", at=1.0)
        session.add(event)
    count()
    assert counted("jobs_ended", "default", "analyze_playlist", "canceled") == 1


def move(**fields: Any) -> Any:
    known = {
        "attempt": 1,
        "current_attempt": 1,
        "queue": "high",
        "type": "analyze_song",
        "is_child": False,
        "at": 100.0,
        "due_at": 98.0,
        "started_at": 99.6,
        "steps": None,
    }
    return SimpleNamespace(**(known | fields))


def test_it_knows_a_retry_from_a_submission() -> None:
    retried = tally(
        [move(from_status="started", to_status="scheduled"), move(from_status="started", to_status="queued")]
    )
    assert retried == {("job_retries", *SONG): 2.0}
    assert tally([move(from_status=None, to_status="queued")]) == {("jobs_submitted", *SONG): 1.0}
    assert tally([move(from_status="scheduled", to_status="queued")]) == {}
    assert tally([move(from_status=None, to_status="queued", attempt=2)]) == {}


def test_it_measures_the_wait_of_a_job_but_not_of_a_child() -> None:
    taken = {"from_status": "queued", "to_status": "started"}
    assert tally([move(**taken)])["job_wait_seconds", *SONG, "2.5"] == 1
    assert tally([move(**taken)])["job_wait_seconds", *SONG, "sum"] == 2.0
    assert set(tally([move(**taken, is_child=True)])) == {("job_attempts", *SONG)}


def test_it_measures_no_attempt_by_the_times_of_a_later_one() -> None:
    assert set(tally([move(from_status="started", to_status="failed", current_attempt=2)])) == {
        ("jobs_ended", *SONG, "failed")
    }


def test_it_measures_the_steps_of_a_job_that_finished() -> None:
    steps = [{"name": "starting", "seconds": 0.01}, {"name": "analyzing", "seconds": 0.3}]
    finished = tally([move(from_status="started", to_status="finished", steps=steps)])
    assert finished["step_seconds", "analyze_song", "starting", "0.05"] == 1
    assert finished["step_seconds", "analyze_song", "analyzing", "0.5"] == 1
    failed = tally([move(from_status="started", to_status="failed", steps=steps)])
    assert not any(series[0] == "step_seconds" for series in failed)


def test_it_counts_what_takes_longer_than_every_class() -> None:
    slow = tally([move(from_status="started", to_status="finished", started_at=-10_000.0)])
    assert slow["job_run_seconds", *SONG, "+Inf"] == 1
