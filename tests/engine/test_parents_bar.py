"""A parent's bar moves with the children that run, and never back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from errors import TransientError
from extensions import db, db_now, redis, transaction
from models import Job
from services.jobs import children, operations
from services.jobs.lease import LeaseKeeper
from services.jobs.progress import KEEP_SECONDS
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.work import Child, FanOut, Outcome, Work
from store import keys
from store.progress import ProgressStore, Tally
from tests.engine.conftest import SetScript
from tests.past import statements
from tests.waiting import wait_until

Told = Callable[[str], dict[str, Any]]
Do = Callable[[Work], Outcome | FanOut]
RunChildren = Callable[..., str]


@pytest.fixture
def run_children(runner: Runner, script: SetScript) -> RunChildren:
    """Makes a parent with two children, or `size`, and runs them once: each does what is given."""

    def run(do: Do, size: int = 2) -> str:
        script(lambda _work: FanOut("scripted", "number", [Child(str(n), f"No. {n}") for n in range(size)], size))
        job_id = submit("scripted_parent").job_id
        runner.deliver(job_id, 1)
        script(do)
        runner.deliver_children(job_id)
        return job_id

    return run


def _half_way(work: Work) -> None:
    """To 0.4 of the child's own bar."""
    work.progress.step("counting", total=10)
    work.progress.advance(5)


def _tick(runner: Runner, work: Work) -> None:
    """What the lease keeper does every two seconds, half a second after anybody else's news."""
    redis.client.delete(keys.refresh_slot(work.job.parent_id or ""))
    runner.keeper._renew(work.lease)
    runner.keeper._pass_on(work.lease)


def _bar(done: float, total: int) -> float:
    return 0.02 + 0.98 * done / total


def test_it_moves_with_the_children_that_run(runner: Runner, told: Told, run_children: RunChildren) -> None:
    seen: list[dict[str, Any]] = []

    def watch(work: Work) -> Outcome:
        _half_way(work)
        _tick(runner, work)
        seen.append(told(work.job.parent_id or ""))
        db.session.rollback()
        return Outcome()

    run_children(watch)
    assert [document["progress"] for document in seen] == pytest.approx([_bar(0.4, 2), _bar(1.4, 2)], abs=0.001)
    assert [document["current"] for document in seen] == [0, 1]
    assert seen[0]["children"][0]["progress"] == pytest.approx(0.4)


def test_it_follows_by_itself(app: Flask, runner: Runner, told: Told, script: SetScript) -> None:
    keeper = LeaseKeeper(db.engine, lease_seconds=0.6, tell_parent=children.teller(app))
    keeper.start()
    quick = replace(runner, keeper=keeper)

    def wait(work: Work) -> Outcome:
        _half_way(work)
        parent_id = work.job.parent_id or ""
        wait_until(lambda: told(parent_id)["progress"] == pytest.approx(_bar(0.4, 1)), "the parent's bar follows")
        db.session.rollback()
        return Outcome()

    script(lambda _work: FanOut("scripted", "number", [Child("1", "One")], 1))
    job_id = submit("scripted_parent").job_id
    quick.deliver(job_id, 1)
    script(wait)
    quick.deliver_children(job_id)
    keeper.stop()
    assert told(job_id)["status"] == "finished"


def test_it_stands_still_while_a_child_starts_over(runner: Runner, told: Told, run_children: RunChildren) -> None:
    def fail_half_way(work: Work) -> Outcome:
        _half_way(work)
        _tick(runner, work)
        raise TransientError("Not now.", retry_after_seconds=100)

    job_id = run_children(fail_half_way)
    children.refresh_parent(job_id, at_once=True)
    document = told(job_id)
    assert document["progress"] == pytest.approx(_bar(0.4, 2), abs=0.001)
    assert document["children_counts"]["scheduled"] == 2
    assert {child["progress"] for child in document["children"]} == {0.0}


def test_the_row_knows_how_far_it_came(runner: Runner, told: Told, run_children: RunChildren) -> None:
    def fail_half_way(work: Work) -> Outcome:
        _half_way(work)
        _tick(runner, work)
        raise TransientError("Not now.", retry_after_seconds=100)

    job_id = run_children(fail_half_way)
    live = told(job_id)["progress"]
    redis.client.flushall()
    document = told(job_id)
    assert document["degraded"]
    assert document["progress"] == pytest.approx(live, abs=children.LEAST_NOTED)


def test_it_tells_of_a_child_that_a_person_starts_over(runner: Runner, told: Told, run_children: RunChildren) -> None:
    def fail_the_first(work: Work) -> Outcome:
        if work.job.target_id == "0":
            raise ValueError("for good")
        raise TransientError("Not now.", retry_after_seconds=100)

    job_id = run_children(fail_the_first)
    before = told(job_id)
    failed = db.session.scalars(select(Job.id).where(Job.parent_id == job_id, Job.status == "failed")).one()
    operations.retry(failed)
    children.refresh_parent(job_id, at_once=True)
    after = told(job_id)
    assert (before["current"], after["current"]) == (1, 0)
    assert after["children_counts"]["queued"] == 1
    assert after["progress"] == before["progress"] == pytest.approx(_bar(1, 2))


@pytest.fixture
def write(app: Flask) -> Callable[[float, Tally], int]:
    """Writes a parent's document, and gives its version."""
    store = ProgressStore(redis.client)

    def write_one(progress: float, tally: Tally) -> int:
        head = b'{"title":"\\"progress\\":7","progress":%.1f,"current":%d,"version":' % (progress, tally.done)
        options = {"attempt": 1, "ends": False, "least_version": 1, "only_if_new": True}
        return store.write("P", progress=progress, json_head=head, tally=tally, **options)  # type: ignore[arg-type]

    return write_one


def test_a_late_report_of_a_parent_is_refused(write: Callable[[float, Tally], int]) -> None:
    assert write(0.5, Tally(25, as_of_ms=5_000)) == 1
    assert write(0.4, Tally(24, as_of_ms=4_999)) == 0, "what it says was true before"
    assert write(0.4, Tally(24, as_of_ms=5_001)) == 2, "a child was started over meanwhile"


def test_what_is_told_stands_still_where_it_would_go_back(write: Callable[[float, Tally], int]) -> None:
    store = ProgressStore(redis.client)
    assert write(0.5, Tally(25, as_of_ms=5_000)) == 1
    assert write(0.4, Tally(24, as_of_ms=5_001)) == 2
    assert store.read_many(["P"])["P"].body == b'{"title":"\\"progress\\":7","progress":0.5,"current":24,"version":2}'
    assert write(0.3, Tally(24, as_of_ms=5_002)) == 2, "it says the same"


def test_a_cancel_does_not_make_it_forget_how_far_it_came(app: Flask) -> None:
    store = ProgressStore(redis.client)
    options = {"attempt": 1, "ends": False, "least_version": 1, "json_head": b'{"progress":0.5,"version":'}
    store.write("P", progress=0.5, tally=Tally(25, as_of_ms=1_800_000_000_000), **options)  # type: ignore[arg-type]
    store.tell_cancel("P", attempt=1)
    assert store.write("P", progress=0.5, tally=Tally(24, as_of_ms=1_799_999_999_999), **options) == 0  # type: ignore[arg-type]


def test_a_child_without_news_keeps_its_parents_document(
    app: Flask, runner: Runner, run_children: RunChildren, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    told_after: list[int] = []

    def told_then(parent_id: str) -> bool:
        asked.append(parent_id)
        return len(asked) > 1

    monkeypatch.setattr(runner.keeper, "_tell_parent", told_then)

    def hang(work: Work) -> Outcome:
        for silent_seconds in (0, KEEP_SECONDS + 1, 0, 0):
            work.lease.told_at -= silent_seconds
            runner.keeper._pass_on(work.lease)
            told_after.append(len(asked))
        return Outcome()

    job_id = run_children(hang, size=1)
    assert told_after == [0, 1, 2, 2], "it is told again where somebody else was quicker, and then no more"
    assert set(asked) == {job_id}


@pytest.mark.parametrize("size", [3, 600])
def test_it_costs_as_many_statements_however_many_there_are(size: int, runner: Runner) -> None:
    job_id = submit("fan_out", params={"to": size}).job_id
    runner.deliver(job_id, 1)
    with transaction() as session:
        moved = {"status": "started", "progress": 0.5, "updated_at": db_now()}
        session.execute(update(Job).where(Job.parent_id == job_id, Job.position <= size // 2).values(moved))
    with statements() as sent:
        children.refresh_parent(job_id, at_once=True)
    assert len(sent) == 3 + 2 + 1, "three to read, a version to look for and to note, and the bar"
