"""The background job: it counts once, whatever becomes of its attempts."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from errors import Conflict
from extensions import db, transaction
from models import AuditEntry, Job
from services import audit
from services.bulk import actions, batches, moves, orders, run
from services.bulk.actions import action_of
from services.bulk.batches import Order
from services.bulk.selection import Selection, new_token
from services.jobs import operations
from services.jobs.filters import JobFilter
from services.jobs.janitor import Janitor
from services.jobs.moves import LeaseLost
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.work import HandBack, Work
from tests.conftest import RunJobs

Row = Callable[[str], Job]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, action in actions.ACTIONS.items():
        monkeypatch.setitem(actions.ACTIONS, name, replace(action, batch=2))


@pytest.fixture
def failed(run_jobs: RunJobs) -> list[str]:
    """Five jobs that failed."""
    ids = [submit("fail_for_good", target_type="n", target_id=n).job_id for n in range(5)]
    run_jobs()
    return ids


def _place(action: str = "retry", queue: str = "", **wanted: str) -> str:
    selection = Selection.of_filter(JobFilter(**(wanted or {"type": "fail_for_good"})), new_token())
    return orders.place(Order(action_of(action), selection, queue), "tester").job_id


def _entry() -> AuditEntry:
    db.session.rollback()
    return db.session.scalars(select(AuditEntry)).one()


def _counts() -> tuple[Any, ...]:
    entry = _entry()
    return entry.outcome, entry.matched, entry.changed, entry.skipped


def _deliver(runner: Runner, job_id: str, attempt: int = 1) -> None:
    runner.deliver(job_id, attempt)


def test_it_says_what_it_will_do(failed: list[str], row: Row) -> None:
    job = row(_place())
    assert (job.title, job.queue, job.type) == ("Retry 5 jobs", "system", "bulk_action")
    entry = _entry()
    assert (entry.actor, entry.action, entry.outcome, entry.job_id) == ("tester", "retry", "running", job.id)
    assert entry.details["which"] == "Type: Fail_For_Good"


def test_it_does_it_and_writes_down_how_many(failed: list[str], row: Row, runner: Runner) -> None:
    job_id = _place()
    _deliver(runner, job_id)
    assert {row(one).status for one in failed} == {"queued"}
    assert row(job_id).result == {"matched": 5, "changed": 5, "skipped": 0}
    assert _counts() == ("done", 5, 5, 0)
    assert _entry().message == "5 retried."


def test_it_counts_what_moved_on_meanwhile_as_skipped(
    failed: list[str], row: Row, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id, apply = _place(), moves.apply

    def another_is_quicker(session: Any, action: Any, ids: list[str], queue: str) -> moves.Moved:
        session.execute(update(Job).where(Job.id.in_([ids[0], failed[-1]])).values(status="finished"))
        return apply(session, action, ids, queue)

    monkeypatch.setattr(moves, "apply", another_is_quicker)
    _deliver(runner, job_id)
    assert row(job_id).result == {"matched": 5, "changed": 2, "skipped": 3}


def test_it_goes_on_after_a_crash_and_counts_nothing_twice(
    failed: list[str], row: Row, runner: Runner, janitor: Janitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = _place()
    with monkeypatch.context() as patched:
        patched.setattr(Work, "checkpoint", _crash_after(3))
        with pytest.raises(KeyboardInterrupt):
            _deliver(runner, job_id)
    assert _counts() == ("running", 5, 4, 0)
    with transaction() as session:  # those of the first attempt ran meanwhile, and failed again
        session.execute(update(Job).where(Job.id.in_(failed[:4])).values(status="failed", ended_at=Job.created_at))
        session.execute(update(Job).where(Job.id == job_id).values(lease_until=0.0))
    janitor.sweep()
    _deliver(runner, job_id, 2)
    assert _counts() == ("done", 5, 5, 0)
    assert [row(one).attempt for one in failed] == [2, 2, 2, 2, 2]


def _crash_after(checkpoints: int) -> Callable[[Work], None]:
    passed: list[Work] = []

    def checkpoint(work: Work) -> None:
        passed.append(work)
        if len(passed) == checkpoints:
            raise KeyboardInterrupt

    return checkpoint


def test_it_neither_acts_nor_counts_once_the_job_is_somebody_elses(
    failed: list[str], row: Row, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id, ids_after = _place(), batches.ids_after
    lost: list[type[Exception]] = []

    def robbed(order: Order, last_id: str, limit: int) -> list[str]:
        found = ids_after(order, last_id, limit)
        if last_id:
            with transaction() as session:
                session.execute(update(Job).where(Job.id == job_id).values(attempt=2))
        return found

    def act(*args: Any) -> int:
        try:
            return batches.act(*args)
        except LeaseLost:
            lost.append(LeaseLost)
            raise

    monkeypatch.setattr(run, "ids_after", robbed)
    monkeypatch.setattr(run, "act", act)
    _deliver(runner, job_id)
    assert lost == [LeaseLost]
    assert _counts() == ("running", 5, 2, 0)
    assert [row(one).status for one in failed] == ["queued", "queued", "failed", "failed", "failed"]


def test_it_is_handed_on_when_its_worker_stops(
    failed: list[str], row: Row, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = _place()
    with monkeypatch.context() as patched:
        patched.setattr(Work, "checkpoint", _stop_after(2))
        _deliver(runner, job_id)
    assert (row(job_id).status, _counts()) == ("queued", ("running", 5, 2, 0))
    with transaction() as session:  # one moves on between the attempts: it was among those that were counted
        session.execute(update(Job).where(Job.id == failed[-1]).values(status="finished"))
    _deliver(runner, job_id, 2)
    assert _counts() == ("done", 5, 4, 1)


def _stop_after(checkpoints: int) -> Callable[[Work], None]:
    passed: list[Work] = []

    def checkpoint(work: Work) -> None:
        passed.append(work)
        if len(passed) == checkpoints:
            raise HandBack("The worker is to stop.")

    return checkpoint


def test_it_can_be_canceled_and_taken_up_again(
    failed: list[str], row: Row, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = _place()
    with monkeypatch.context() as patched:
        patched.setattr(run, "act", lambda *args: _cancel_after(batches.act(*args), job_id, args[-1]))
        patched.setattr(Work, "checkpoint", _sees_cancel)
        _deliver(runner, job_id)
    assert row(job_id).status == "canceled"
    assert _counts() == ("canceled", 5, 2, 0)
    assert _entry().message == "Stopped after 2 of 5 jobs were retried."
    operations.retry(job_id)
    _deliver(runner, job_id, 2)
    assert _counts() == ("done", 5, 5, 0)


def _cancel_after(changed: int, job_id: str, _note: object) -> int:
    operations.cancel(job_id)
    return changed


def _sees_cancel(work: Work) -> None:
    """A checkpoint that looks at the row, without waiting for the lease keeper to do so."""
    if db.session.scalar(select(Job.cancel_requested_at).where(Job.id == work.job.id)) is not None:
        work.lease.cancel_requested = True
    db.session.rollback()
    CHECKPOINT(work)


CHECKPOINT = Work.checkpoint


def test_it_is_one_job_however_often_it_is_confirmed(failed: list[str], runner: Runner) -> None:
    selection = Selection.of_filter(JobFilter(type="fail_for_good"), new_token())
    order = Order(action_of("retry"), selection)
    first = orders.place(order, "tester")
    again = orders.place(order, "tester")
    assert (again.job_id, first.already_running, again.already_running) == (first.job_id, False, True)
    _deliver(runner, first.job_id)
    assert orders.place(order, "tester").job_id == first.job_id
    operations.delete_job(first.job_id)
    assert orders.place(order, "tester").job_id == first.job_id
    assert db.session.scalars(select(Job.id).where(Job.type == "bulk_action")).all() == []


@pytest.mark.parametrize("over", [False, True])
def test_it_is_one_job_though_both_clicks_found_none(
    failed: list[str], runner: Runner, monkeypatch: pytest.MonkeyPatch, over: bool
) -> None:
    order = Order(action_of("retry"), Selection.of_filter(JobFilter(type="fail_for_good"), new_token()))
    first = orders.place(order, "tester")
    if over:
        with transaction() as session:
            session.execute(update(Job).where(Job.id == first.job_id).values(status="finished", active_key=None))
    look = orders.placed_before
    looks = iter([None, look(order.selection.token)])
    monkeypatch.setattr(orders, "placed_before", lambda _: next(looks))
    assert orders.place(order, "tester").job_id == first.job_id
    assert len(db.session.scalars(select(Job.id).where(Job.type == "bulk_action")).all()) == 1
    assert _entry().job_id == first.job_id


def test_it_is_one_job_though_both_clicks_come_at_once(
    failed: list[str], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = Order(action_of("retry"), Selection.of_filter(JobFilter(type="fail_for_good"), new_token()))
    both, write = Barrier(2), audit.write

    def when_both_are_here(*args: Any, **facts: Any) -> int:
        with suppress(BrokenBarrierError):  # the other one is held back before it comes to this, as it should be
            both.wait(0.5)
        return write(*args, **facts)

    def click(_: int) -> str:
        with app.app_context():
            return orders.place(order, "tester").job_id

    monkeypatch.setattr(audit, "write", when_both_are_here)
    with ThreadPoolExecutor(2) as people:
        assert len(set(people.map(click, range(2)))) == 1
    db.session.rollback()
    assert len(db.session.scalars(select(Job.id).where(Job.type == "bulk_action")).all()) == 1


def test_it_refuses_where_there_is_nothing_to_do(app: Flask) -> None:
    with pytest.raises(Conflict, match="Only failed and canceled jobs"):
        _place()


def test_it_waits_before_what_cannot_be_undone(
    failed: list[str], row: Row, janitor: Janitor, run_jobs: RunJobs
) -> None:
    job_id = _place("delete")
    job = row(job_id)
    assert (job.status, round(job.due_at - job.created_at)) == ("scheduled", 10)
    janitor.sweep()
    run_jobs()
    assert row(failed[0]).status == "failed"
    operations.cancel(job_id)
    assert audit.settle_abandoned() == 1
    assert _counts() == ("canceled", None, 0, 0)


def test_it_deletes_once_the_wait_is_over(failed: list[str], janitor: Janitor, run_jobs: RunJobs) -> None:
    job_id = _place("delete")
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(due_at=0.0))
    janitor.sweep()
    run_jobs()
    assert _counts() == ("done", 5, 5, 0)
    assert list(db.session.scalars(select(Job.id))) == [job_id]


def test_it_leaves_the_others_where_one_meets_the_same_work(
    failed: list[str], row: Row, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit("fail_for_good", target_type="n", target_id=3)
    monkeypatch.setattr(moves, "_free_keys", lambda _, rows: {one.id: moves._key_of(one) for one in rows})
    job_id = _place("retry", status="failed")
    _deliver(runner, job_id)
    assert row(job_id).result == {"matched": 5, "changed": 4, "skipped": 1}
    assert _entry().skipped == 1
