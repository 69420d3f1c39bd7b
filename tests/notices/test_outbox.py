"""What is owed to whom when a job ends."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event, insert, select, update

from extensions import db, transaction
from models import Job, Notice, User
from services.jobs import states
from services.jobs.submit import new_row
from services.notices import outbox
from services.notices.events import CHOSEN
from services.webhooks.outbox import Ended
from tests.notices.conftest import AddressFor

SOMEWHERE = "json://127.0.0.1:9/"


def _texts() -> list[str]:
    return list(db.session.scalars(select(Notice.text)))


@pytest.mark.parametrize(
    ("status", "values", "said"),
    [
        (states.FINISHED, {}, "“Sixty songs” has finished after 3 min."),
        (states.FAILED, {"error": "The disk is full."}, "“Sixty songs” has failed: The disk is full."),
        (states.CANCELED, {}, "“Sixty songs” was canceled."),
    ],
)
def test_it_is_one_sentence(
    address_for: AddressFor, end_a_job: Callable[..., str], status: str, values: dict[str, str], said: str
) -> None:
    address_for(SOMEWHERE)
    end_a_job("Sixty songs", status, **values)
    assert _texts() == [said]


def test_it_tells_only_of_what_was_chosen(address_for: AddressFor, end_a_job: Callable[..., str]) -> None:
    address_for(SOMEWHERE, ("job.failed",))
    end_a_job()
    assert _texts() == []


def test_of_short_jobs_it_tells_failures_only(address_for: AddressFor, end_a_job: Callable[..., str]) -> None:
    address_for(SOMEWHERE, CHOSEN, min_seconds=600.0)
    end_a_job("Short", seconds=60.0)
    end_a_job("Long", seconds=660.0)
    end_a_job("Broken", states.FAILED, seconds=1.0, error="No.")
    assert _texts() == ["“Long” has finished after 11 min.", "“Broken” has failed: No."]


def test_it_tells_nobody_elses_jobs(app: Flask, address_for: AddressFor) -> None:
    address_for(SOMEWHERE)
    with transaction() as session:
        session.execute(insert(Job).values(new_row("0" * 26, {"type": "analyze_song", "queue": "low"})))
        outbox.queue_for(session, [Ended("0" * 26, 1, None, None, None, 0.0)], states.FINISHED)
    assert _texts() == []


def test_a_title_calls_nobody_and_makes_no_lines(address_for: AddressFor, end_a_job: Callable[..., str]) -> None:
    address_for(SOMEWHERE)
    end_a_job("<!channel> @everyone\nhello\x07")
    assert _texts() == ["“‹!channel› ＠everyone hello” has finished after 3 min."]


def test_where_nobody_wants_to_be_told_it_costs_one_select(owner: User, end_a_job: Callable[..., str]) -> None:
    said: list[str] = []

    def hear(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    end_a_job()
    event.remove(db.engine, "before_cursor_execute", hear)
    assert len([each for each in said if "notice" in each]) == 1


def test_it_forgets_what_was_told_long_ago(address_for: AddressFor, end_a_job: Callable[..., str]) -> None:
    address_for(SOMEWHERE)
    end_a_job()
    assert outbox.prune() == 0
    with transaction() as session:
        session.execute(update(Notice).values(created_at=0.0))
    assert outbox.prune() == 1


def test_who_was_disabled_is_told_nothing(owner: User, address_for: AddressFor, end_a_job: Callable[..., str]) -> None:
    owner_id = owner.id
    address_for(SOMEWHERE)
    with transaction() as session:
        session.execute(update(User).where(User.id == owner_id).values(disabled_at=1.0))
    end_a_job()
    assert _texts() == []
