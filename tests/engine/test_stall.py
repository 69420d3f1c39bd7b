"""No news is told as no news: nobody makes a job that hangs look alive."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from redis.exceptions import ConnectionError as RedisConnectionError

import clock
from extensions import db, redis
from models import Job
from services.jobs import children, reads
from services.jobs.janitor import Janitor
from services.jobs.progress import KEEP_SECONDS
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.work import Outcome, Work
from store.progress import LIVE_TTL_SECONDS, ProgressStore
from tests.engine.conftest import SetScript

Row = Callable[[str], Job]


class Hanging:
    """A job at which time passes and nothing happens, while its lease keeper ticks."""

    def __init__(self, runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        self._runner = runner
        self._offset = 0.0
        real_now, real_monotonic = clock.now, clock.monotonic
        monkeypatch.setattr("clock.now", lambda: real_now() + self._offset)
        monkeypatch.setattr("clock.monotonic", lambda: real_monotonic() + self._offset)

    def hang(self, work: Work, seconds: float) -> None:
        for _ in range(int(seconds // KEEP_SECONDS) + 1):
            self._offset += KEEP_SECONDS + 0.1
            self._runner.keeper._renew(work.lease)


@pytest.fixture
def hanging(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> Hanging:
    return Hanging(runner, monkeypatch)


def _told(job_id: str) -> tuple[str, dict[str, Any]]:
    document = reads.progress(job_id)
    db.session.rollback()
    return document.etag, json.loads(document.body)


def test_a_job_that_hangs_grows_visibly_stale(runner: Runner, script: SetScript, hanging: Hanging, row: Row) -> None:
    seen: list[Any] = []

    def hang(work: Work) -> Outcome:
        before = _told(work.job.id)
        hanging.hang(work, 60)
        after = _told(work.job.id)
        seen.append((before, after))
        redis.client.flushall()
        seen.append(_told(work.job.id)[1])  # from the row
        return Outcome()

    script(hang)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    (before, after), from_row = seen
    assert before == after, "the same version, so that pollers are answered 304"
    assert from_row["degraded"] is True
    # The database's clock went on as ever: by it, the last news is as old as nothing has happened for.
    assert _seconds(from_row["started_at"]) - _seconds(from_row["updated_at"]) >= 50
    assert _seconds(_told(job_id)[1]["updated_at"]) - _seconds(before[1]["updated_at"]) >= 60


def _seconds(iso: str) -> float:
    return datetime.fromisoformat(iso).timestamp()


def test_its_document_lives_on_while_it_is_vouched_for(runner: Runner, script: SetScript, hanging: Hanging) -> None:
    left: list[int] = []

    def hang(work: Work) -> Outcome:
        key = f"backbeat:progress:{work.job.id}"
        redis.client.expire(key, 5)
        hanging.hang(work, 1)
        left.append(int(redis.client.ttl(key)))
        return Outcome()

    script(hang)
    runner.deliver(submit("scripted").job_id, 1)
    assert left[0] > LIVE_TTL_SECONDS - 5


def test_what_redis_lost_is_written_again_with_the_old_news(
    runner: Runner, script: SetScript, hanging: Hanging
) -> None:
    seen: list[dict[str, Any]] = []

    def hang(work: Work) -> Outcome:
        seen.append(_told(work.job.id)[1])
        redis.client.flushall()
        hanging.hang(work, 1)
        seen.append(_told(work.job.id)[1])
        return Outcome()

    script(hang)
    runner.deliver(submit("scripted").job_id, 1)
    before, after = seen
    assert "degraded" not in after
    assert after["updated_at"] == before["updated_at"]
    assert after["version"] > before["version"]


def test_news_is_news(runner: Runner, script: SetScript, hanging: Hanging) -> None:
    seen: list[dict[str, Any]] = []

    def hang_and_go_on(work: Work) -> Outcome:
        hanging.hang(work, 60)
        work.progress.message("still here")
        seen.append(_told(work.job.id)[1])
        return Outcome()

    script(hang_and_go_on)
    runner.deliver(submit("scripted").job_id, 1)
    assert _seconds(seen[0]["updated_at"]) - _seconds(seen[0]["started_at"]) >= 60


def test_a_parent_stays_the_same_until_some_child_has_news(runner: Runner, janitor: Janitor) -> None:
    job_id = submit("fan_out", params={"to": 60}).job_id
    runner.deliver(job_id, 1)
    runner.deliver_children(job_id)
    before = _told(job_id)
    for _ in range(3):
        children.refresh_parent(job_id, at_once=True)
        janitor.sweep()
    assert _told(job_id) == before
    runner.deliver_children(job_id)
    after = _told(job_id)
    assert after[0] != before[0]
    assert after[1]["updated_at"] > before[1]["updated_at"]


def test_a_parent_is_kept_while_nothing_is_new(app: Flask, runner: Runner) -> None:
    job_id = submit("fan_out", params={"to": 60}).job_id
    runner.deliver(job_id, 1)
    redis.client.expire(f"backbeat:progress:{job_id}", 5)
    children.refresh_parent(job_id, at_once=True)
    left: Any = redis.client.ttl(f"backbeat:progress:{job_id}")
    assert left > 5


def test_a_report_that_redis_did_not_take_is_made_up_for_at_the_next_tick(
    runner: Runner, script: SetScript, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ProgressStore.store
    seen: list[dict[str, Any]] = []

    def away(*_: object, **__: object) -> int:
        raise RedisConnectionError("away")

    def work_through(work: Work) -> Outcome:
        monkeypatch.setattr(ProgressStore, "store", away)
        work.progress.step("writing")
        monkeypatch.setattr(ProgressStore, "store", real)
        runner.keeper._renew(work.lease)
        seen.append(_told(work.job.id)[1])
        return Outcome()

    script(work_through)
    runner.deliver(submit("scripted").job_id, 1)
    assert seen[0]["current_step"] == "writing"
