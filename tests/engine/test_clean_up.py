"""The nightly job forgets what is old, and nothing else."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy import func, insert, select, update

import clock
from clients.storage import DRAFTS
from extensions import current_settings, db, redis, transaction
from models import AuditEntry, Counter, ErrorStat, Job, JobStat, ScheduleRun
from services.jobs.submit import submit
from services.media import stored
from services.schedules import clean_up
from store.progress import ProgressStore

DAY_SECONDS = 86_400
AGES_DAYS = (1, 500)  # one to keep, one to forget


@pytest.fixture
def history(app: object) -> None:
    with transaction() as session:
        for days in AGES_DAYS:
            at = clock.now() - days * DAY_SECONDS
            bucket = {"bucket_at": int(at), "resolution_seconds": 3600, "queue": "low", "type": "count"}
            session.execute(insert(JobStat).values(**bucket, wait_seconds={}, run_seconds={}))
            session.execute(insert(ErrorStat).values(group_id=f"{days:016d}", bucket_at=int(at), count=1))
            entry = {"at": at, "actor": "a", "action": "pause", "target_type": "queue", "target_id": "low"}
            session.execute(insert(AuditEntry).values(**entry, outcome="done", details={}))
            session.execute(insert(ScheduleRun).values(name="clean_up", at=at, started_at=at))


def test_it_forgets_what_is_old_and_says_how_much(
    history: None, run_jobs: Callable[[], None], row: Callable[[str], Job]
) -> None:
    job_id = submit("prune_history").job_id
    run_jobs()
    job = row(job_id)
    assert job.status == "finished", job.error_detail
    told = {"job_stats": 1, "errors": 1, "audit_entries": 1, "schedule_runs": 1}
    assert told.items() <= (job.result or {}).items()
    for model in (JobStat, ErrorStat, AuditEntry, ScheduleRun):
        assert db.session.scalar(select(func.count()).select_from(model)) == 1, model


@pytest.mark.backend("folder")
def test_it_removes_what_killed_writers_have_left_in_the_storage(
    run_jobs: Callable[[], None], row: Callable[[str], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = Path(urlsplit(current_settings().effective_storage_url).path) / DRAFTS
    drafts.mkdir(parents=True)
    (drafts / "left").touch()
    told = []
    for kept_seconds in (DAY_SECONDS, -60):
        monkeypatch.setattr(clean_up, "DRAFTS_KEPT_SECONDS", kept_seconds)
        job_id = submit("prune_history").job_id
        run_jobs()
        told.append((row(job_id).result or {})["drafts"])
    assert told == [0, 1]


def test_it_drops_the_live_progress_of_jobs_long_over(run_jobs: Callable[[], None], row: Callable[[str], Job]) -> None:
    old, fresh = submit("count").job_id, submit("count").job_id
    run_jobs()
    with transaction() as session:
        session.execute(db.update(Job).where(Job.id == old).values(ended_at=clock.now() - 2 * DAY_SECONDS))
    cleaning = submit("prune_history").job_id
    run_jobs()
    assert (row(cleaning).result or {})["live_progress"] == 1
    assert ProgressStore(redis.client).read_many([old, fresh]).keys() == {fresh}


def test_it_does_the_rest_without_redis(
    history: None, run_jobs: Callable[[], None], row: Callable[[str], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> int:
        raise RedisConnectionError("away")

    job_id = submit("prune_history").job_id
    over = submit("count").job_id
    with transaction() as session:
        session.execute(update(Job).where(Job.id == over).values(status="finished", ended_at=clock.now() - 9e5))
    monkeypatch.setattr(ProgressStore, "delete", away)
    run_jobs()
    assert row(job_id).status == "finished"


def test_it_sweeps_the_files_of_footage_that_is_gone(
    run_jobs: Callable[[], None], row: Callable[[str], Job], tmp_path: Path
) -> None:
    with transaction() as session:
        session.execute(insert(Counter).values(name="footage", last=1))
    (tmp_path / "file").touch()
    stored.storage().put("footage/AF0001/source.mp4", tmp_path / "file")
    job_id = submit("prune_history").job_id
    run_jobs()
    assert (row(job_id).result or {})["footage_files"] == 1
    assert stored.storage().list("footage/") == []
