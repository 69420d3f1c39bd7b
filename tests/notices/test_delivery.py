"""What is owed reaches real receivers."""

import json
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select, update

from extensions import db, db_now, transaction
from models import Notice, NoticeAddress, User
from services.jobs import states
from services.notices import addresses, delivery
from tests.notices.conftest import AddressFor, Mailbox, let_it_be_due, send_all
from tests.servers.sink import Sink


def test_it_mails_the_end_of_a_job_with_a_link(
    app: Flask, mailbox: tuple[Mailbox, str], address_for: AddressFor, end_a_job: Callable[..., str]
) -> None:
    box, url = mailbox
    address_for(url)
    job_id = end_a_job("Sixty songs")
    send_all()
    assert box.messages == []  # others may end within the minute
    let_it_be_due()
    send_all()
    (message,) = box.messages
    assert message["To"] == "vera@example.org"
    assert message["Subject"] == "Backbeat: a job has finished"
    text = message.get_body(("plain",))
    assert text is not None
    assert f"“Sixty songs” has finished after 3 min. http://127.0.0.1:5001/jobs/{job_id}" in text.get_content()


def test_it_makes_one_message_of_all_that_ended_within_a_minute(
    app: Flask, receiver: Sink, address_for: AddressFor, end_a_job: Callable[..., str]
) -> None:
    address_for(receiver.url.replace("http://", "json://"))
    for number in range(30):
        end_a_job(f"Playlist {number}")
    end_a_job("The last one", states.FAILED, error="The disk is full.")
    let_it_be_due()
    send_all()
    (request,) = receiver.received
    told = json.loads(request.body)
    assert told["title"] == "Backbeat: 30 finished, 1 failed"
    assert told["type"] == "failure"
    assert "“Playlist 0” has finished" in told["message"]
    assert "And 11 more: http://127.0.0.1:5001/" in told["message"]


def test_it_sends_nothing_twice(
    app: Flask, receiver: Sink, address_for: AddressFor, end_a_job: Callable[..., str]
) -> None:
    address_for(receiver.url.replace("http://", "json://"))
    end_a_job()
    let_it_be_due()
    send_all()
    let_it_be_due()
    send_all()
    assert len(receiver.received) == 1
    assert db.session.scalars(select(Notice.state)).all() == ["sent"]


def test_it_sends_a_test_at_once(app: Flask, receiver: Sink, owner: User, address_for: AddressFor) -> None:
    address_id = address_for(receiver.url.replace("http://", "json://"), ())
    addresses.send_test(owner.id, address_id)
    send_all()
    assert "This is a test of “Where I look”" in json.loads(receiver.received[0].body)["message"]
    assert db.session.get_one(NoticeAddress, address_id, populate_existing=True).last_error is None


def test_who_is_disabled_is_sent_nothing_until_they_are_enabled(
    app: Flask, receiver: Sink, owner: User, address_for: AddressFor, end_a_job: Callable[..., str]
) -> None:
    owner_id = owner.id
    address_id = address_for(receiver.url.replace("http://", "json://"))
    end_a_job()
    let_it_be_due()
    with transaction() as session:
        session.execute(update(User).where(User.id == owner_id).values(disabled_at=db_now()))
    send_all()
    delivery.deliver(address_id)
    assert receiver.received == []
    with transaction() as session:
        session.execute(update(User).where(User.id == owner_id).values(disabled_at=None))
    send_all()
    assert len(receiver.received) == 1


def test_a_test_is_shown_though_much_else_is_owed_but_nothing_old(
    app: Flask, receiver: Sink, owner: User, address_for: AddressFor, end_a_job: Callable[..., str]
) -> None:
    owner_id = owner.id
    address_id = address_for(receiver.url.replace("http://", "json://"))
    end_a_job("Of last week")
    with transaction() as session:
        session.execute(update(Notice).values(created_at=db_now() - 7 * 86_400))
    for number in range(21):
        end_a_job(f"Playlist {number}")
    addresses.send_test(owner_id, address_id)
    send_all()
    told = json.loads(receiver.received[0].body)
    assert told["message"].startswith("This is a test of “Where I look”")
    assert "Of last week" not in told["message"]
    assert told["title"] == "Backbeat: 21 finished, 1 test"


def test_an_address_to_which_only_old_news_are_owed_is_as_it_was(
    app: Flask, receiver: Sink, address_for: AddressFor, end_a_job: Callable[..., str]
) -> None:
    address_id = address_for(receiver.url.replace("http://", "json://"))
    end_a_job()
    with transaction() as session:
        session.execute(update(Notice).values(created_at=db_now() - 7 * 86_400))
        session.execute(update(NoticeAddress).values(failures=3, failing_since=db_now() - 86_400))
    let_it_be_due()
    send_all()
    assert receiver.received == []
    address = db.session.get_one(NoticeAddress, address_id, populate_existing=True)
    assert (address.failures, address.told_at, address.lease_until) == (3, None, None)
