"""The checker of the invariants finds what is broken, and nothing where all is well."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, insert, text, update

from extensions import current_settings, db, db_now, redis, transaction
from models import Job, User, WebhookDelivery, WebhookEndpoint
from services.jobs import moves, operations
from services.jobs.submit import submit
from store import keys
from tests.conftest import MakePlaylist, MakeSong, RunJobs
from tests.faults import effects
from tests.faults.invariants import broken, falls


def _broken(*, ended: bool = True) -> str:
    db.session.rollback()
    return " ".join(broken(db.engine, current_settings().effective_redis_url, ended=ended))


def _change(**values: object) -> None:
    with transaction() as session:
        session.execute(update(Job).values(**values))


@pytest.fixture
def finished(app: Flask, make_song: MakeSong, run_jobs: RunJobs) -> str:
    """A song's job that has ended well, with its effect counted."""
    effects.watch(db.engine)
    job_id = submit("analyze_song", target_type="song", target_id=make_song().id).job_id
    run_jobs()
    return job_id


def test_it_finds_nothing_after_jobs_that_went_well(
    make_playlist: MakePlaylist, finished: str, run_jobs: RunJobs
) -> None:
    submit("analyze_playlist", target_type="playlist", target_id=make_playlist(size=4).id)
    run_jobs()
    operations.cancel(submit("analyze_song", target_type="song", target_id=9).job_id)
    assert _broken() == ""


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda: _change(status="started", lease_until=None), "I1"),
        (lambda: _change(status="lost"), "I1"),
        (lambda: _change(status="failed"), "I2: no event"),
        (lambda: _change(active_key="a:b"), "I2: an ended job still holds"),
        (lambda: _change(result=None), "I6"),
        (lambda: _change(target_id="77"), "I3"),
    ],
    ids=["nobody-holds-it", "no-such-state", "unwritten-end", "key-kept", "no-result", "foreign-effect"],
)
def test_it_finds_what_is_broken_in_sql(finished: str, damage: Callable[[], None], sentence: str) -> None:
    damage()
    assert sentence in _broken()


def test_it_finds_an_attempt_that_ended_twice(finished: str) -> None:
    with transaction() as session:
        moves.record(session, finished, 1, "started", "failed")
    assert "ended 2 times" in _broken()


def test_it_finds_who_waits_in_vain(finished: str) -> None:
    first = submit("analyze_song").job_id
    submit("analyze_song", after=first)
    assert _broken(ended=False) == ""
    with transaction() as session:
        session.execute(update(Job).where(Job.id == first).values(status="gone"))
    assert "is over or gone" in _broken(ended=False)


def test_it_finds_an_end_that_nobody_is_told_of(app: Flask, owner: User) -> None:
    with transaction() as session:
        told = {"owner_id": 1, "url": "https://example.org/", "is_standing": True, "events": ["job.canceled"]}
        session.execute(insert(WebhookEndpoint).values(**told, secret=b"", created_at=0.0, updated_at=0.0))
    operations.cancel(submit("analyze_song", owner_id=1).job_id)
    assert _broken() == ""
    with transaction() as session:
        session.execute(delete(WebhookDelivery))
    assert "I4" in _broken()


def test_it_finds_an_effect_that_took_place_twice(finished: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE analysis SET score = score + 1"))
    assert "written 2 times for 1 finishes" in _broken()


def test_it_waits_for_those_that_are_under_way(app: Flask, make_song: MakeSong) -> None:
    submit("analyze_song", target_type="song", target_id=make_song().id)
    assert _broken(ended=False) == ""
    assert "still queued" in _broken()


def test_it_finds_a_document_that_outlived_its_job(finished: str) -> None:
    redis.client.set(keys.progress(finished), b'"1-1"\n{"status":"started"}', ex=30)
    assert "is started; its row says finished" in _broken()


def test_it_finds_a_key_that_never_goes(finished: str) -> None:
    redis.client.set(keys.refresh_slot("J"), b"1")
    assert "never expires" in _broken()


def _said(attempt: int, version: int, progress: float) -> dict[str, float]:
    return {"attempt": attempt, "version": version, "progress": progress}


@pytest.mark.parametrize(
    ("documents", "sentence"),
    [
        ([_said(1, 1, 0.5), _said(1, 2, 0.4)], "progress of attempt 1 fell"),
        ([_said(1, 3, 0.5), _said(1, 2, 0.5)], "version of attempt 1 fell"),
        ([_said(2, 3, 0.5), _said(1, 4, 0.5)], "attempt 2 was followed by attempt 1"),
    ],
)
def test_it_finds_news_that_went_back(documents: list[dict[str, float]], sentence: str) -> None:
    assert sentence in falls(documents)[0]


def test_a_new_attempt_may_begin_at_nothing() -> None:
    assert falls([_said(1, 1, 0.5), _said(1, 1, 0.5), _said(2, 4, 0.0)]) == []


def test_it_uses_the_clock_of_the_database(app: Flask, make_song: MakeSong) -> None:
    submit("analyze_song", target_type="song", target_id=make_song().id)
    _change(status="started", lease_until=db_now() + 7200)
    assert "I1" in _broken(ended=False)


def test_it_allows_that_a_row_is_a_little_behind_the_live_document() -> None:
    row = dict(_said(1, 1, 0.46)) | {"degraded": True}
    assert falls([_said(1, 2, 0.5), row, _said(1, 2, 0.5)]) == []
    assert "fell" in falls([_said(1, 2, 0.5), row | {"progress": 0.4}])[0]
