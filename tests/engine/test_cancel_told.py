"""Whoever asks for a cancel sees at once that it was heard."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from errors import TransientError
from extensions import db, redis, transaction
from services.jobs import claims, operations
from services.jobs.claims import Claimant
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.work import Child, FanOut, Outcome, Work
from store.progress import ProgressStore
from tests.engine.conftest import SetScript

Told = Callable[[str], dict[str, Any]]


def test_the_live_document_says_so_at_once_and_until_the_end(runner: Runner, told: Told, script: SetScript) -> None:
    seen: list[Any] = []

    def note(work: Work) -> None:
        document = told(work.job.id)
        db.session.rollback()
        seen.append((document["cancel_requested"], document["version"], document["current_step"]))
        assert "degraded" not in document

    def go_on(work: Work) -> Outcome:
        note(work)
        operations.cancel(work.job.id)
        note(work)  # before the job itself has heard of it
        work.progress.step("writing")
        note(work)
        runner.keeper._renew(work.lease)
        note(work)
        work.checkpoint()
        return Outcome()

    script(go_on)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    assert [canceling for canceling, _, _ in seen] == [False, True, True, True]
    assert sorted({version for _, version, _ in seen[:3]}) == [version for _, version, _ in seen[:3]]
    document = told(job_id)
    assert (document["status"], document["cancel_requested"]) == ("canceled", False)


def test_words_that_look_like_it_are_left_alone(app: Flask) -> None:
    store = ProgressStore(redis.client)
    title = b'{"title":"\\"cancel_requested\\":false"'
    head = title + b',"cancel_requested":false,"extra":{"cancel_requested":false},"version":'
    store.write("J", attempt=1, progress=0.0, ends=False, least_version=1, json_head=head)
    store.tell_cancel("J", attempt=1)
    body = store.read_many(["J"])["J"].body
    assert body == head.replace(b',"cancel_requested":false', b',"cancel_requested":true', 1) + b"2}"


def test_the_row_says_so_where_redis_knows_nothing(app: Flask, told: Told) -> None:
    job_id = submit("count").job_id
    with transaction() as session:
        claims.claim(session, job_id, 1, Claimant("w", "w", 45))
    before = told(job_id)
    operations.cancel(job_id)
    assert (before["cancel_requested"], told(job_id)["cancel_requested"]) == (False, True)


def test_a_cancel_of_the_attempt_before_says_nothing_of_this_one(app: Flask) -> None:
    store = ProgressStore(redis.client)
    head = b'{"cancel_requested":false,"version":'
    store.write("J", attempt=1, progress=0.5, ends=False, least_version=1, json_head=head)
    store.tell_cancel("J", attempt=1)
    store.write("J", attempt=2, progress=0.0, ends=False, least_version=1, json_head=head)
    store.tell_cancel("J", attempt=1)
    assert b'"cancel_requested":false' in store.read_many(["J"])["J"].body
    late = {"attempt": 1, "progress": 0.9, "ends": False, "least_version": 99, "json_head": head}
    assert store.write("J", **late) == 0, "the fence still stands"  # type: ignore[arg-type] # of several types


def test_a_parent_says_so(runner: Runner, told: Told, script: SetScript) -> None:
    seen: list[bool] = []

    def cancel_the_parent(work: Work) -> Outcome:
        operations.cancel(work.job.parent_id or "")
        seen.append(told(work.job.parent_id or "")["cancel_requested"])
        db.session.rollback()
        return Outcome()

    script(lambda _work: FanOut("scripted", "number", [Child("1", "One"), Child("2", "Two")], 2))
    job_id = submit("scripted_parent").job_id
    runner.deliver(job_id, 1)
    script(cancel_the_parent)
    runner.deliver_children(job_id)
    assert seen == [True]


def test_a_scheduled_job_says_when_it_is_due(runner: Runner, told: Told, script: SetScript) -> None:
    def fail(_work: Work) -> Outcome:
        raise TransientError("Not now.", retry_after_seconds=100)

    script(fail)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    document = told(job_id)
    assert (document["status"], document["error"]) == ("scheduled", "Not now.")
    assert document["due_at"] > document["updated_at"]
