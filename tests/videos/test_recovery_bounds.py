"""A recovery is bounded: in what it starts, in the statements that it sends, in what it keeps."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import insert

import clock
from extensions import transaction
from models import RecoveryRun, User, Video
from services.videos import candidates, history, recovery, recovery_rows, states
from tests.past import statements
from tests.videos.rows import a_video
from tests.videos.waiting import item_rows, run_row

HOUR_SECONDS = 3600.0


def _many(owner: User, number: int, **more: object) -> None:
    long_ago = clock.now() - HOUR_SECONDS
    same = {"owner_id": owner.id, "tenant_id": "t", "status": states.PENDING, "media_key": "k", "updated_at": long_ago}
    rows = [same | {"id": f"video-{n:06d}", "created_at": long_ago + n / 1000} | more for n in range(number)]
    with transaction() as session:
        session.execute(insert(Video), rows)


def test_it_starts_a_hundred_and_the_next_run_goes_on(owner: User) -> None:
    _many(owner, 130)
    first, second = recovery.run(by="a"), recovery.run(by="b")
    assert (first.triggered, first.found, first.is_cut) == (100, 100, True)
    assert (second.triggered, second.skipped, second.is_cut) == (30, 100, False)


def test_those_that_are_left_alone_starve_nobody(owner: User) -> None:
    """The stuck one is younger than hundreds whose runs have just ended."""
    _many(owner, 450, run_ended_at=clock.now())
    stuck = a_video(created_at=clock.now() - 900)
    report = recovery.run(by="test")
    assert [line.video_id for line in report.lines if line.outcome == "triggered"] == [stuck]
    assert report.skipped == 450


def test_of_those_that_it_left_alone_it_keeps_the_first_and_counts_all(owner: User) -> None:
    _many(owner, 450, run_ended_at=clock.now())
    run = run_row(recovery.run(by="test").run_id)
    assert (run.skipped, run.reasons) == (450, {"recent_run": 450})
    assert len(item_rows(run.id)) == recovery_rows.SKIPPED_KEPT


def test_a_batch_is_one_statement_whatever_its_size(owner: User) -> None:
    _many(owner, 300)
    for limit in (1, 300):
        with statements() as sent:
            assert len(candidates.batch(limit, older_than_seconds=600)) == limit
        assert len(sent) == 1


def test_ten_thousand_that_wait_are_gone_through(owner: User) -> None:
    _many(owner, 10_000, run_ended_at=clock.now())
    with statements() as sent:
        assert recovery.look(most=None, most_looked_at=None).found == 10_000
    assert len(sent) == 10_000 / recovery.BATCH + 1  # the last finds none


def test_a_page_shows_the_first_of_them(owner: User) -> None:
    _many(owner, 1000, run_ended_at=clock.now())
    with statements() as sent:
        report = recovery.look()
    assert (report.found, report.is_cut) == (recovery.MOST_SHOWN, True)
    assert len(sent) == recovery.MOST_SHOWN / recovery.BATCH


def test_it_can_be_stopped_between_batches(owner: User) -> None:
    _many(owner, 250, run_ended_at=clock.now())

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recovery.run(by="test", run_id="1" * 26, on_batch=stop)
    run = run_row("1" * 26)
    assert run.found == recovery.BATCH
    assert run.ended_at is not None


def test_old_runs_are_forgotten_with_what_they_did(app: Flask, run_jobs: Callable[[], None]) -> None:
    a_video()
    kept, forgotten = recovery.run(by="a").run_id, recovery.run(by="b").run_id
    with transaction() as session:
        old = session.get_one(RecoveryRun, forgotten)
        old.started_at -= recovery_rows.KEPT_SECONDS
    assert recovery_rows.prune() == 1
    assert [run.id for run in history.runs().rows] == [kept]
    assert item_rows(forgotten) == []
