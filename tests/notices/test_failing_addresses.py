"""An address that takes nothing is tried again, later and later, and its owner sees why."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select, update

from extensions import db, db_now, transaction
from models import Notice, NoticeAddress, User
from services.notices import addresses, delivery
from tests.notices.conftest import AddressFor, let_it_be_due, send_all
from tests.servers.sink import Sink, answer


def _address(address_id: int) -> NoticeAddress:
    return db.session.get_one(NoticeAddress, address_id, populate_existing=True)


def test_it_waits_before_it_tries_again_and_tells_all_once_it_can(
    app: Flask, receiver: Sink, address_for: AddressFor, end_a_job: Callable[..., str]
) -> None:
    address_id = address_for(receiver.url.replace("http://", "json://"))
    receiver.script = [answer(500)]
    end_a_job("First")
    let_it_be_due()
    send_all()
    failed = _address(address_id)
    assert failed.failures == 1
    assert failed.last_error
    assert "500" in failed.last_error
    end_a_job("Second")
    assert delivery.due(limit=10) == []  # not before its time, though there is news
    let_it_be_due()
    send_all()
    assert len(receiver.received) == 2
    assert "First" in receiver.received[1].body.decode()
    assert "Second" in receiver.received[1].body.decode()
    assert _address(address_id).failures == 0


def test_it_is_switched_off_after_days_of_failure_and_a_test_switches_it_on(
    app: Flask, receiver: Sink, owner: User, address_for: AddressFor, end_a_job: Callable[..., str]
) -> None:
    owner_id = owner.id
    address_id = address_for(receiver.url.replace("http://", "json://"))
    receiver.script = [answer(500)]
    with transaction() as session:
        session.execute(update(NoticeAddress).values(failures=99, failing_since=db_now() - 6 * 86_400))
    end_a_job()
    let_it_be_due()
    send_all()
    assert _address(address_id).disabled_at
    addresses.send_test(owner_id, address_id)
    send_all()
    assert _address(address_id).disabled_at is None
    assert len(receiver.received) == 2


def test_it_drops_news_that_are_a_day_old(
    app: Flask, receiver: Sink, address_for: AddressFor, end_a_job: Callable[..., str]
) -> None:
    address_for(receiver.url.replace("http://", "json://"))
    receiver.otherwise = answer(500)
    end_a_job()
    with transaction() as session:
        session.execute(update(Notice).values(created_at=db_now() - 2 * 86_400))
    let_it_be_due()
    send_all()
    assert db.session.scalars(select(Notice.state)).all() == ["dropped"]


def test_of_two_that_send_only_one_does(
    app: Flask, receiver: Sink, address_for: AddressFor, end_a_job: Callable[..., str]
) -> None:
    address_id = address_for(receiver.url.replace("http://", "json://"))
    end_a_job()
    let_it_be_due()
    with transaction() as session:
        session.execute(update(NoticeAddress).values(lease_until=db_now() + 60))
    delivery.deliver(address_id)
    assert receiver.received == []


def test_what_somebody_left_in_the_middle_is_sent_once_their_lease_is_over(
    app: Flask, receiver: Sink, address_for: AddressFor, end_a_job: Callable[..., str]
) -> None:
    address_for(receiver.url.replace("http://", "json://"))
    end_a_job()
    let_it_be_due()
    with transaction() as session:
        session.execute(update(NoticeAddress).values(lease_until=db_now() - 1))
    send_all()
    assert len(receiver.received) == 1


def test_an_address_that_another_secret_key_has_sealed_says_so(
    app: Flask, address_for: AddressFor, end_a_job: Callable[..., str]
) -> None:
    address_id = address_for("json://127.0.0.1:9/")
    with transaction() as session:
        session.execute(update(NoticeAddress).values(url=b"sealed by another"))
    end_a_job()
    let_it_be_due()
    send_all()
    assert "SECRET_KEY has changed" in (_address(address_id).last_error or "")
