"""Versions only grow, whatever is lost; a new attempt starts at nothing and says so."""

from collections.abc import Callable
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from errors import TransientError
from extensions import db, redis
from services.jobs import reads
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.work import HandBack, Outcome, Work
from store.progress import LIVE_TTL_SECONDS, ProgressStore, Report
from tests.engine.conftest import SetScript

Told = Callable[[str], dict[str, Any]]


def _busy(work: Work) -> None:
    for _ in range(30):
        work.progress.step("counting", total=30)
        work.progress.step("writing")


def test_they_grow_over_a_retry(runner: Runner, told: Told, script: SetScript) -> None:
    seen: list[int] = []

    def work_and_fail(work: Work) -> Outcome:
        _busy(work)
        seen.append(told(work.job.id)["version"])
        raise TransientError("The moon is in the way.")

    script(work_and_fail)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    assert told(job_id)["version"] > seen[0]


def test_they_grow_for_a_parent_when_redis_forgets(runner: Runner, told: Told) -> None:
    job_id = submit("fan_out", params={"to": 200}).job_id
    runner.deliver(job_id, 1)
    for _ in range(6):
        runner.deliver_children(job_id)
    before = told(job_id)["version"]
    redis.client.flushall()
    runner.deliver_children(job_id)
    assert told(job_id)["version"] >= before


def test_a_job_handed_back_starts_at_nothing(runner: Runner, told: Told, script: SetScript) -> None:
    def half_way(work: Work) -> Outcome:
        work.progress.step("counting", total=10)
        work.progress.advance(5)
        raise HandBack("The worker is to stop.")

    script(half_way)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    document = told(job_id)
    assert (document["attempt"], document["progress"], document["current"]) == (2, 0.0, None)


def test_the_etag_changes_while_redis_is_away(
    runner: Runner, script: SetScript, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise RedisConnectionError("away")

    monkeypatch.setattr(ProgressStore, "store", away)
    monkeypatch.setattr(ProgressStore, "read_many", away)
    etags: list[str] = []

    def two_steps(work: Work) -> Outcome:
        for step in ("counting", "writing"):
            work.progress.step(step)
            runner.keeper._renew(work.lease)
            etags.append(reads.progress(work.job.id).etag)
            db.session.rollback()
        return Outcome()

    script(two_steps)
    runner.deliver(submit("scripted").job_id, 1)
    assert etags[0] != etags[1]


def test_news_of_the_end_that_got_lost_is_made_up_for_soon(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ProgressStore.store

    def lose_the_end(self: ProgressStore, report: Report, **more: Any) -> int:
        if report.ends:
            raise RedisConnectionError("blinked")
        return real(self, report, **more)

    monkeypatch.setattr(ProgressStore, "store", lose_the_end)
    job_id = submit("count").job_id
    runner.deliver(job_id, 1)
    left: Any = redis.client.ttl(f"backbeat:progress:{job_id}")
    assert 0 < left <= LIVE_TTL_SECONDS
