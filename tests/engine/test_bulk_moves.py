"""A batch of jobs moves as each of them would alone: the same guards, the same history, the same rings."""

from collections.abc import Callable, Sequence

import pytest
from flask import Flask
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from extensions import db, redis, transaction
from models import Job, JobEvent
from services.bulk import batches, moves
from services.bulk.actions import action_of
from services.bulk.batches import Order, Step
from services.bulk.selection import Selection, new_token
from services.jobs import operations
from services.jobs.registry import QUEUES
from services.jobs.submit import submit
from store.bell import Bell
from tests.conftest import RunJobs

Row = Callable[[str], Job]


def _apply(action: str, ids: Sequence[str], queue: str = "") -> int:
    with transaction() as session:
        moved = moves.apply(session, action_of(action), ids, queue)
    moved.follow_up()
    return moved.count


def _rung() -> set[str]:
    return {name.rpartition("-")[0] for name in Bell(redis.client).rings_of(QUEUES)}


def _history(job_id: str) -> list[tuple[str | None, str]]:
    events = select(JobEvent.from_status, JobEvent.to_status).where(JobEvent.job_id == job_id).order_by(JobEvent.id)
    return [(row.from_status, row.to_status) for row in db.session.execute(events)]


def test_it_retries_as_one_alone_would_be(run_jobs: RunJobs, row: Row) -> None:
    ids = [submit("fail_for_good", target_type="n", target_id=n).job_id for n in range(3)]
    run_jobs()
    alone, *together = ids
    operations.retry(alone)
    assert _apply("retry", together) == 2
    same = ("status", "attempt", "max_attempts", "crash_count", "error", "ended_at", "cancel_requested_at", "step")
    one = row(alone)
    expected = {name: getattr(one, name) for name in same}
    for job_id in together:
        assert {name: getattr(row(job_id), name) for name in same} == expected
        assert _history(job_id) == _history(alone)
        assert f"{job_id}-2" in _rung()


def test_it_gives_a_retried_job_its_key_again(run_jobs: RunJobs, row: Row) -> None:
    job_id = submit("fail_for_good", target_type="n", target_id=1).job_id
    key = row(job_id).active_key
    run_jobs()
    _apply("retry", [job_id])
    assert row(job_id).active_key == key
    assert submit("fail_for_good", target_type="n", target_id=1).already_running


def test_it_skips_work_that_is_under_way_elsewhere(run_jobs: RunJobs, row: Row) -> None:
    old = [submit("fail_for_good", target_type="n", target_id=n).job_id for n in (1, 2)]
    run_jobs()
    submit("fail_for_good", target_type="n", target_id=1)
    assert _apply("retry", old) == 1
    assert [row(job_id).status for job_id in old] == ["failed", "queued"]


def test_it_starts_the_same_work_once_though_it_failed_twice(run_jobs: RunJobs, row: Row) -> None:
    ids = []
    for _ in range(2):
        ids.append(submit("fail_for_good", target_type="n", target_id=1).job_id)
        run_jobs()
    assert _apply("retry", ids) == 1
    assert sorted(row(job_id).status for job_id in ids) == ["failed", "queued"]


def test_it_retries_those_children_that_did_not_finish(run_jobs: RunJobs, row: Row) -> None:
    parent = submit("fan_out", params={"to": 3}).job_id
    run_jobs()
    children = list(db.session.scalars(select(Job.id).where(Job.parent_id == parent).order_by(Job.position)))
    with transaction() as session:
        session.execute(update(Job).where(Job.id.in_([children[0], parent])).values(status="failed"))
    assert _apply("retry", [parent]) == 1
    assert [row(job_id).status for job_id in (parent, *children)] == ["started", "queued", "finished", "finished"]
    run_jobs()
    assert row(parent).status == "finished"


def test_it_cancels_what_waits_and_asks_what_runs(app: Flask, row: Row) -> None:
    waiting, running = submit("count").job_id, submit("count").job_id
    with transaction() as session:
        session.execute(update(Job).where(Job.id == running).values(status="started"))
    assert _apply("cancel", [waiting, running]) == 2
    assert (row(waiting).status, row(running).status) == ("canceled", "started")
    assert row(running).cancel_requested_at is not None
    assert _history(waiting)[-1] == ("queued", "canceled")


def test_it_cancels_a_parent_with_its_children(app: Flask, row: Row) -> None:
    parent = submit("fan_out", params={"to": 2}).job_id
    with transaction() as session:
        session.execute(update(Job).where(Job.id == parent).values(status="started", children_total=1))
        session.execute(update(Job).where(Job.id == submit_child(session, parent)).values(status="queued"))
    assert _apply("cancel", [parent]) == 1
    assert row(parent).status == "canceled"
    assert db.session.scalar(select(Job.status).where(Job.parent_id == parent)) == "canceled"


def submit_child(session: Session, parent: str) -> str:
    job = Job(id="0" * 26, type="count", queue="default", parent_id=parent, position=0, status="queued")
    job.due_at = job.created_at = job.updated_at = 0.0
    session.add(job)
    session.flush()
    return job.id


def test_it_deletes_with_children_and_history(run_jobs: RunJobs, row: Row) -> None:
    parent, single = submit("fan_out", params={"to": 2}).job_id, submit("count").job_id
    run_jobs()
    live = submit("count").job_id
    assert _apply("delete", [parent, single, live]) == 2
    assert list(db.session.scalars(select(Job.id))) == [live]
    assert db.session.scalar(select(func.count()).select_from(JobEvent).where(JobEvent.job_id != live)) == 0


def test_it_does_not_delete_a_job_from_above_a_child_at_work(run_jobs: RunJobs, row: Row) -> None:
    parent = submit("fan_out", params={"to": 2}).job_id
    run_jobs()
    with transaction() as session:
        session.execute(update(Job).where(Job.parent_id == parent, Job.position == 0).values(status="started"))
    assert _apply("delete", [parent]) == 0
    assert row(parent).status == "finished"


@pytest.mark.parametrize(("action", "status"), [("retry", "queued"), ("cancel", "finished"), ("delete", "started")])
def test_it_leaves_alone_what_is_in_no_state_for_it(app: Flask, row: Row, action: str, status: str) -> None:
    job_id = submit("count").job_id
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(status=status))
    assert _apply(action, [job_id]) == 0
    assert (row(job_id).status, row(job_id).cancel_requested_at) == (status, None)
    assert _history(job_id) == [(None, "queued")]


def test_it_moves_each_alone_where_one_meets_a_rival_that_nobody_saw(
    run_jobs: RunJobs, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [submit("fail_for_good", target_type="n", target_id=n).job_id for n in (1, 2, 3)]
    run_jobs()
    submit("fail_for_good", target_type="n", target_id=2)
    # As if it had come in between the look and the update: another transaction can do that on PostgreSQL.
    monkeypatch.setattr(moves, "_free_keys", lambda _, rows: {one.id: moves._key_of(one) for one in rows})
    noted: list[Step] = []
    order = Order(action_of("retry"), Selection.of_ids(ids, new_token()))
    assert batches.act(order, ids, transaction, lambda _, step: noted.append(step)) == 2
    assert [row(job_id).status for job_id in ids] == ["queued", "failed", "queued"]
    assert noted[-1].last_id == ids[-1]
    assert row(ids[0]).attempt == 2


def test_it_leaves_the_ringing_to_the_janitor_where_redis_is_away(
    run_jobs: RunJobs, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = submit("fail_for_good").job_id
    run_jobs()

    def away(*_: object, **__: object) -> None:
        raise RedisConnectionError("away")

    monkeypatch.setattr(Bell, "ring_many", away)
    assert _apply("retry", [job_id]) == 1
    assert (row(job_id).status, row(job_id).dispatched_at) == ("queued", None)


def test_it_takes_the_word_of_the_earlier_attempt_away(
    run_jobs: RunJobs, told: Callable[[str], dict[str, object]]
) -> None:
    job_id = submit("fail_for_good").job_id
    run_jobs()
    assert told(job_id)["status"] == "failed"
    _apply("retry", [job_id])
    assert (told(job_id)["status"], told(job_id)["attempt"]) == ("queued", 2)
