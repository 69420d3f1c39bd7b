"""A job that is over in a moment is told of once: its end. One that goes on is told of soon, though it be silent."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

import clock
from extensions import redis, transaction
from services.jobs import claims, registry
from services.jobs.claims import Claimant
from services.jobs.progress import Reporter
from services.jobs.registry import job_type
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.submit_many import Order, submit_many
from services.jobs.timings import TimingBook
from services.jobs.work import Outcome, Work
from store.progress import ProgressStore, Report
from tests.engine.conftest import SetScript
from tests.waiting import wait_until

Told = Callable[[str], dict[str, Any]]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    instant = [100.0]
    monkeypatch.setattr("clock.monotonic", lambda: instant[0])
    return instant


@pytest.fixture
def held(app: Flask, now: list[float]) -> Reporter:
    """That of a job that is likely to be over within a second."""
    job_id = submit("count").job_id
    with transaction() as session:
        claim = claims.claim(session, job_id, 1, Claimant("a", "a", 45))
    assert claim is not None
    kind = job_type("count")
    reporter = Reporter(claim, kind, ProgressStore(redis.client), TimingBook(), hold_seconds=1.0)
    reporter.step(kind.steps[0].name, total=10)
    return reporter


def _written() -> int:
    names: list[Any] = redis.client.keys("backbeat:progress:*")
    return sum(not name.endswith(b":fence") for name in names)


def test_it_writes_nothing_at_the_beginning(held: Reporter) -> None:
    held.advance()
    held.flush()
    held.let_go()
    assert _written() == 0


def test_it_writes_the_next_news_after_that(held: Reporter, now: list[float]) -> None:
    now[0] += 1.1
    held.advance()
    assert _written() == 1


def test_the_lease_keeper_lets_go_what_is_silent(held: Reporter, now: list[float]) -> None:
    now[0] += 1.1
    held.let_go()
    assert (_written(), held.is_held) == (1, False)


def test_it_writes_the_end_at_once(held: Reporter) -> None:
    held.ended("finished")
    assert _written() == 1


def test_a_cancel_is_told_at_once(held: Reporter) -> None:
    held.cancel_requested()
    assert _written() == 1


def test_who_asks_is_told_the_row_meanwhile(held: Reporter, told: Told) -> None:
    assert told(held._claim.id)["status"] == "started"


@pytest.fixture
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs of the type `scripted` are."""
    kind = registry.JOB_TYPES["scripted"]
    short = registry.JobType(kind.name, kind.label, kind.task, kind.queue, kind.steps, 60, short=True)
    monkeypatch.setitem(registry.JOB_TYPES, "scripted", short)


@pytest.mark.usefixtures("_short")
def test_the_second_of_a_ring_is_told_of_while_it_works(runner: Runner, told: Told, script: SetScript) -> None:
    """It says nothing by itself: its lease keeper writes that it has begun, long before its next renewal."""
    seconds: list[float] = []

    def silent(work: Work) -> Outcome:
        began = clock.monotonic()
        if work.job.id == second.job_id:
            wait_until(lambda: redis.client.exists(f"backbeat:progress:{work.job.id}"), "it is told of")
            seconds.append(clock.monotonic() - began)
        return Outcome()

    script(silent)
    first, second = submit_many([Order("scripted")] * 2)
    runner.deliver(first.job_id, 1)
    assert len(seconds) == 1
    assert told(second.job_id)["status"] == "finished"


@pytest.mark.usefixtures("_short")
def test_the_ends_of_a_ring_are_written_together_and_told_by_the_rows_until_then(
    runner: Runner, told: Told, script: SetScript
) -> None:
    meanwhile: list[tuple[str, bool]] = []

    def look_back(work: Work) -> Outcome:
        if work.job.id == ids[2]:
            meanwhile.append((told(ids[1])["status"], _is_written(ids[1])))
        return Outcome({"number": ids.index(work.job.id)})

    script(look_back)
    ids = [one.job_id for one in submit_many([Order("scripted")] * 3)]
    runner.deliver(ids[0], 1)
    assert meanwhile == [("finished", False)]
    assert all(map(_is_written, ids))
    assert [told(job_id)["result"] for job_id in ids] == [{"number": n} for n in range(3)]


def test_a_job_whose_beginning_was_told_has_its_end_told_at_once(held: Reporter, now: list[float]) -> None:
    ends: list[Report] = []
    held._ends = ends
    now[0] += 1.1
    held.advance()
    held.ended("finished")
    assert ends == []
    assert b'"finished"' in (redis.client.get(f"backbeat:progress:{held._claim.id}") or b"")


def _is_written(job_id: str) -> bool:
    return bool(redis.client.exists(f"backbeat:progress:{job_id}"))
