"""Operators are told of what is wrong, and people of webhooks that were switched off."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from errors import InvalidInput
from extensions import db, db_now, transaction
from models import AlertRule, Notice, NoticeAddress, User, WebhookEndpoint
from services.jobs import states
from services.notices import alerts, rules, watching
from services.notices.events import WEBHOOK_OFF
from services.webhooks.outbox import JOB_FINISHED
from tests.notices.conftest import AddressFor
from tests.recovery.makers import failed_footage, lost_job

SOMEWHERE = "json://127.0.0.1:9/"


def _texts() -> list[str]:
    return list(db.session.scalars(select(Notice.text).order_by(Notice.id)))


def test_it_tells_once_that_no_worker_is_left_and_once_that_it_is_over(
    app: Flask, owner: User, address_for: AddressFor
) -> None:
    owner_id = owner.id
    rules.create(owner_id, address_for(SOMEWHERE), "workers_gone", by="Otto")
    watching.apply_rules()
    assert _texts() == []  # a worker may just be starting anew
    with transaction() as session:
        session.execute(update(AlertRule).values(seen_since=db_now() - 60))
    watching.apply_rules()
    watching.apply_rules()
    assert _texts() == ["No worker is running."]
    with transaction() as session:
        session.execute(update(AlertRule).values(threshold=0.0))
    watching.apply_rules()
    watching.apply_rules()
    assert _texts() == ["No worker is running.", "It is over: “Workers are gone” holds no more."]


def test_it_counts_failures(app: Flask, owner: User, address_for: AddressFor, end_a_job: Callable[..., str]) -> None:
    rules.create(owner.id, address_for(SOMEWHERE, ()), "failures", threshold=2, by="Otto")
    end_a_job("One", states.FAILED, error="Broken.")
    watching.apply_rules()
    assert _texts() == []
    end_a_job("Another", states.FAILED, error="Broken.")
    watching.apply_rules()
    assert _texts() == ["2 jobs have failed within 1 h."]


def test_it_tells_that_work_is_stuck(app: Flask, owner: User, address_for: AddressFor) -> None:
    rules.create(owner.id, address_for(SOMEWHERE, ()), "stuck", threshold=2, by="Otto")
    lost_job()
    watching.apply_rules()
    assert _seen_since() is None
    failed_footage()
    watching.apply_rules()
    assert _texts() == []  # the janitor may be about to help
    with transaction() as session:
        session.execute(update(AlertRule).values(seen_since=db_now() - 61))
    watching.apply_rules()
    assert _texts() == ["2 things are stuck (jobs 1, footage 1)."]


def _seen_since() -> float | None:
    db.session.rollback()
    return db.session.scalar(select(AlertRule.seen_since))


@pytest.fixture
def dead_webhook(app: Flask, owner: User) -> Callable[..., None]:
    owner_id = owner.id

    def make(name: str = "a") -> None:
        with transaction() as session:
            now = session.scalar(select(db_now())) or 0.0
            session.add(
                WebhookEndpoint(
                    owner_id=owner_id,
                    url=f"https://hooks.example.com/{name}?key=secret",
                    is_standing=True,
                    events=[JOB_FINISHED],
                    secret=b"",
                    failing_since=now - 5 * 86_400,
                    disabled_at=now,
                    disabled_reason="It has failed for five days.",
                    created_at=now,
                    updated_at=now,
                )
            )

    return make


def test_it_tells_the_owner_and_operators_once_of_a_dead_webhook(
    owner: User, address_for: AddressFor, dead_webhook: Callable[..., None]
) -> None:
    owner_id = owner.id
    address_for(SOMEWHERE, (WEBHOOK_OFF,))
    rules.create(owner_id, address_for(SOMEWHERE, ()), "webhook_off", by="Otto")
    address_for(SOMEWHERE, (JOB_FINISHED,))
    dead_webhook()
    for _ in range(2):
        watching.tell_of_webhooks()
    told = "The webhook https://hooks.example.com/a was switched off. It has failed for five days."
    assert _texts() == [told, told]


def test_it_looks_every_ten_seconds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[float] = []
    monkeypatch.setattr(watching, "apply_rules", lambda: looked.append(1.0))
    now = 1000.0
    monkeypatch.setattr("clock.monotonic", lambda: now)
    watch = watching.Watch()
    watch.look()
    watch.look()
    now += 10
    watch.look()
    assert len(looked) == 2


def test_it_warns_nobody_who_is_no_operator_any_more(app: Flask, owner: User, address_for: AddressFor) -> None:
    owner_id = owner.id
    rules.create(owner_id, address_for(SOMEWHERE), "workers_gone", by="Otto")
    with transaction() as session:
        session.execute(update(AlertRule).values(seen_since=db_now() - 60))
        session.execute(update(User).where(User.id == owner_id).values(login="otto", role="viewer"))
    watching.apply_rules()
    assert _texts() == []
    with transaction() as session:
        session.execute(update(User).where(User.id == owner_id).values(role="operator"))
    watching.apply_rules()
    assert _texts() == ["No worker is running."]


@pytest.mark.parametrize("whose", [User, NoticeAddress])
def test_it_tells_nobody_who_is_disabled_and_no_address_that_is_off(
    owner: User,
    address_for: AddressFor,
    dead_webhook: Callable[..., None],
    whose: type[User] | type[NoticeAddress],
) -> None:
    owner_id = owner.id
    rules.create(owner_id, address_for(SOMEWHERE, ()), "webhook_off", by="Otto")
    address_for(SOMEWHERE, (WEBHOOK_OFF,))
    with transaction() as session:
        session.execute(update(User).values(login="otto", role="operator"))
        session.execute(update(whose).values(disabled_at=db_now()))
    dead_webhook()
    watching.tell_of_webhooks()
    assert _texts() == []
    with transaction() as session:
        session.execute(update(whose).values(disabled_at=None))
    watching.tell_of_webhooks()
    assert len(_texts()) == 2


def test_it_takes_as_many_statements_for_many_dead_webhooks_as_for_one(
    owner: User, address_for: AddressFor, dead_webhook: Callable[..., None]
) -> None:
    rules.create(owner.id, address_for(SOMEWHERE, (WEBHOOK_OFF,)), "webhook_off", by="Otto")
    said: list[str] = []
    for name in "abcde":
        dead_webhook(name)
    watching.tell_of_webhooks()
    assert len(_texts()) == 5
    event.listen(db.engine, "before_cursor_execute", lambda *arguments: said.append(arguments[2]))
    watching.tell_of_webhooks()
    assert len([statement for statement in said if statement.startswith("SELECT")]) == 4


def test_more_failures_than_are_counted_cannot_be_waited_for(app: Flask, owner: User, address_for: AddressFor) -> None:
    address_id = address_for(SOMEWHERE)
    rules.create(owner.id, address_id, "failures", threshold=alerts.COUNTED, by="Otto")
    with pytest.raises(InvalidInput):
        rules.create(owner.id, address_id, "failures", threshold=alerts.COUNTED + 1, by="Otto")
