"""What is owed is written, claimed and settled by statements of each database."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from extensions import db, db_now, transaction
from models import AlertRule, Notice, User
from services.jobs import states
from services.notices import outbox, rules, watching
from services.notices.delivery import Courier
from tests.notices.conftest import AddressFor, let_it_be_due, send_all
from tests.servers.sink import Sink
from tests.waiting import wait_until


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return (
        f"sqlite:///{tmp_path / 'test.db'}"
        if request.param == "sqlite"
        else str(request.getfixturevalue("postgres_url"))
    )


def _states() -> list[str]:
    found = list(db.session.scalars(select(Notice.state).order_by(Notice.id)))
    db.session.rollback()
    return found


def test_it_sends_from_a_thread_of_the_janitor(
    app: Flask, receiver: Sink, address_for: AddressFor, end_a_job: Callable[..., str]
) -> None:
    address_for(receiver.url.replace("http://", "json://"))
    end_a_job("One", states.FAILED, error="Broken.")
    let_it_be_due()
    Courier(app).deliver_due()
    wait_until(lambda: _states() == ["sent"], "it is sent")
    assert len(receiver.received) == 1


def test_the_same_news_are_told_once(app: Flask, address_for: AddressFor) -> None:
    address_id = address_for("json://127.0.0.1:9/")
    news = outbox.News("alert", "the same", "It is so.", "/")
    for _ in range(2):
        with transaction() as session:
            outbox.owe(session, address_id, news)
    assert db.session.scalars(select(Notice.about)).all() == ["the same"]


def test_an_alert_is_told_over_and_forgotten(app: Flask, owner: User, address_for: AddressFor, receiver: Sink) -> None:
    url = receiver.url.replace("http://", "json://")
    rules.create(owner.id, address_for(url), "workers_gone", by="Otto")
    with transaction() as session:
        session.execute(update(AlertRule).values(seen_since=db_now() - 60))
    watching.apply_rules()
    send_all()
    with transaction() as session:
        session.execute(update(AlertRule).values(threshold=0.0))
    watching.apply_rules()
    assert _states() == ["sent", "pending"]
    assert outbox.prune() == 0
