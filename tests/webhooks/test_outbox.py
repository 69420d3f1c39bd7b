"""The messages that the end of a job owes."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from extensions import db, transaction
from models import Job, User, WebhookDelivery, WebhookEndpoint
from services.bulk import actions, moves
from services.jobs import claims, operations, transitions
from services.jobs.claims import Claimant
from services.jobs.submit import submit

MakeEndpoint = Callable[..., int]
ALL = ["job.finished", "job.failed", "job.canceled"]


@pytest.fixture
def make_endpoint(owner: User) -> MakeEndpoint:
    """An endpoint of the first owner, or of who is named; its id."""
    owner_id = owner.id

    def make(*, of: int | None = None, standing: bool = True, events: list[str] | None = None, **more: Any) -> int:
        number = len(db.session.scalars(select(WebhookEndpoint.id)).all())
        endpoint = WebhookEndpoint(
            owner_id=of or owner_id,
            url=f"https://example.org/{number}",
            is_standing=standing,
            events=ALL if events is None else events,
            secret=b"",
            created_at=0.0,
            updated_at=0.0,
            **more,
        )
        db.session.add(endpoint)
        db.session.commit()
        return endpoint.id

    return make


def _owed() -> list[WebhookDelivery]:
    db.session.rollback()
    return list(db.session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))


def _submit(owner_id: int | None = 1, **more: Any) -> str:
    return submit("analyze_song", target_type="song", target_id=1, owner_id=owner_id, **more).job_id


def _claim(job_id: str, attempt: int = 1) -> None:
    with transaction() as session:
        assert claims.claim(session, job_id, attempt, Claimant("a", "a", 45))


def _finish(job_id: str, attempt: int = 1, **result: Any) -> None:
    _claim(job_id, attempt)
    with transaction() as session:
        transitions.finish(session, job_id, attempt, result=result, result_url=None, version=7)


def _fail(job_id: str, attempt: int = 1) -> None:
    _claim(job_id, attempt)
    with transaction() as session:
        transitions.fail(session, job_id, attempt, code="bad", error="It went wrong.", detail="secret")


def test_it_tells_of_a_finish(make_endpoint: MakeEndpoint) -> None:
    endpoint_id, job_id = make_endpoint(), _submit()
    _finish(job_id, rating="teen")
    (owed,) = _owed()
    assert (owed.endpoint_id, owed.job_id, owed.attempt, owed.event) == (endpoint_id, job_id, 1, "job.finished")
    assert (owed.state, owed.tries, owed.seq) == ("pending", 0, 7)
    assert owed.message_id.startswith("msg_")
    body = json.loads(owed.body)
    assert body.pop("created_at") <= body.pop("completed_at")
    assert body == {
        "job_id": job_id,
        "job_type": "analyze_song",
        "status": "completed",
        "progress": 100.0,
        "result": {"rating": "teen"},
        "error": None,
        "seq": 7,
        "event": "job.finished",
    }


def test_it_tells_of_a_failure_in_a_sentence(make_endpoint: MakeEndpoint) -> None:
    make_endpoint()
    _fail(_submit())
    (owed,) = _owed()
    body = json.loads(owed.body)
    assert (body["status"], body["error"], body["result"]) == ("failed", "It went wrong.", None)
    assert "secret" not in owed.body


def test_it_tells_of_a_cancel(make_endpoint: MakeEndpoint) -> None:
    make_endpoint()
    operations.cancel(_submit())
    (owed,) = _owed()
    assert (owed.event, json.loads(owed.body)["status"]) == ("job.canceled", "cancelled")


def test_it_tells_of_each_attempt_that_ended(make_endpoint: MakeEndpoint) -> None:
    make_endpoint()
    job_id = _submit()
    _fail(job_id)
    operations.retry(job_id)
    _fail(job_id, attempt=2)
    first, second = _owed()
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.seq < second.seq


def test_it_tells_nobody_of_an_attempt_that_is_followed_by_another(make_endpoint: MakeEndpoint) -> None:
    make_endpoint()
    job_id = _submit()
    _claim(job_id)
    with transaction() as session:
        transitions.try_again(session, job_id, 1, delay_seconds=0.0, reason="busy")
    assert _owed() == []


def test_it_tells_those_who_asked_for_the_event(make_endpoint: MakeEndpoint) -> None:
    make_endpoint(events=["job.finished"])
    wanted = make_endpoint(events=["job.failed"])
    _fail(_submit())
    assert [owed.endpoint_id for owed in _owed()] == [wanted]


def test_it_tells_the_endpoint_that_was_named_whatever_it_asked_for(make_endpoint: MakeEndpoint) -> None:
    named, _other = make_endpoint(standing=False, events=[]), make_endpoint(standing=False)
    _fail(_submit(webhook_id=named))
    assert [owed.endpoint_id for owed in _owed()] == [named]


def test_it_tells_a_standing_endpoint_that_was_named_once(make_endpoint: MakeEndpoint) -> None:
    named = make_endpoint()
    _fail(_submit(webhook_id=named))
    assert len(_owed()) == 1


def test_it_tells_nobody_of_other_peoples_jobs(make_endpoint: MakeEndpoint, owner: User) -> None:
    other = User(name="ben", created_at=0.0)
    db.session.add(other)
    db.session.commit()
    make_endpoint(of=other.id)
    _fail(_submit())
    assert _owed() == []


def test_it_tells_who_asked_for_work_on_what_is_somebody_elses(make_endpoint: MakeEndpoint, owner: User) -> None:
    other = User(name="ben", created_at=0.0)
    db.session.add(other)
    db.session.commit()
    named = make_endpoint(of=other.id, standing=False)
    _fail(_submit(webhook_id=named))
    assert [owed.endpoint_id for owed in _owed()] == [named]


def test_it_tells_no_endpoint_that_is_switched_off(make_endpoint: MakeEndpoint) -> None:
    named = make_endpoint(disabled_at=1.0)
    _fail(_submit(webhook_id=named))
    assert _owed() == []


def test_what_is_rolled_back_is_owed_to_nobody(make_endpoint: MakeEndpoint) -> None:
    make_endpoint()
    job_id = _submit()
    _claim(job_id)
    with transaction() as session:
        transitions.finish(session, job_id, 1, result={}, result_url=None, version=7)
        session.rollback()
    assert _owed() == []


def test_many_that_are_canceled_together_are_each_told_of(make_endpoint: MakeEndpoint) -> None:
    make_endpoint()
    job_ids = [submit("analyze_song", owner_id=1).job_id for _ in range(3)]
    with transaction() as session:
        moves.apply(session, actions.ACTIONS[actions.CANCEL], job_ids, "")
    assert [owed.job_id for owed in _owed()] == job_ids


def test_what_fails_with_another_job_is_told_too(make_endpoint: MakeEndpoint) -> None:
    make_endpoint()
    first = _submit()
    second = submit("analyze_song", owner_id=1, after=first).job_id
    _fail(first)
    assert {(owed.job_id, owed.event) for owed in _owed()} == {(first, "job.failed"), (second, "job.failed")}


@pytest.mark.parametrize("owner_id", [1, None])
def test_it_costs_one_look_where_nobody_wants_to_know(app: Flask, owner: User, owner_id: int | None) -> None:
    job_id = _submit(owner_id)
    _claim(job_id)
    said: list[str] = []
    with transaction() as session:
        event.listen(db.engine, "before_cursor_execute", lambda *a: said.append(a[2]))
        transitions.finish(session, job_id, 1, result={}, result_url=None, version=7)
    end, written, *more = said
    assert end.startswith("UPDATE job ")
    assert written.startswith("INSERT INTO job_event")
    assert [one.partition(" ")[0] for one in more] == ["SELECT"]


def test_the_end_of_a_child_costs_nothing(app: Flask, owner: User, make_endpoint: MakeEndpoint) -> None:
    make_endpoint()
    parent, child = submit("analyze_playlist", owner_id=1).job_id, _submit()
    with transaction() as session:
        session.execute(update(Job).where(Job.id == child).values(parent_id=parent))
    _claim(child)
    said: list[str] = []
    with transaction() as session:
        event.listen(db.engine, "before_cursor_execute", lambda *a: said.append(a[2]))
        transitions.finish(session, child, 1, result={}, result_url=None, version=7)
    assert len(said) == 2
    assert _owed() == []
