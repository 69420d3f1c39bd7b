"""The same steps one after another: as far as each record goes, and no more than a few."""

import pytest
from sqlalchemy import delete, select

from errors import Conflict, InvalidInput
from extensions import db, transaction
from models import Footage, Job, User
from services.footage import dispatch, sequential, sessions, states
from services.footage.sequential import Ran
from tests.footage.contexts import footage
from tests.footage.poller import quick
from tests.footage.poller.conftest import AddFootage


def test_it_brings_a_record_to_its_end_without_a_job(add_footage: AddFootage) -> None:
    add_footage("AF0001", source_url="https://example.org/page")
    told: list[str] = []
    assert sequential.run(["AF0001"], told.append) == [Ran("AF0001", states.COMPLETE)]
    assert db.session.scalars(select(Job.id)).all() == []
    assert len(told) == 1 + 6 + 2  # where it stands, each step, each frame


def test_an_error_ends_the_run_of_its_record_only(add_footage: AddFootage, monkeypatch: pytest.MonkeyPatch) -> None:
    def before(key: str | int, _: object) -> None:
        if key == "AF0001":
            raise ValueError("broken")

    quick.install(monkeypatch, before)
    add_footage("AF0001")
    add_footage("AF0002")
    first, second = sequential.run(["AF0001", "AF0002"], lambda _line: None)
    assert (first.status, second.status) == (states.PENDING_FILE_INFO, states.COMPLETE)
    assert first.error is not None
    assert footage("AF0001").failures == 1


def test_one_that_says_too_little_waits(add_footage: AddFootage) -> None:
    add_footage("AF0001", status=states.CREATING_FRAMES, title="IMG_0042", description="")
    assert sequential.run(["AF0001"], lambda _line: None) == [Ran("AF0001", states.AWAITING_USER_INPUT)]


def test_it_does_not_run_beside_a_session(add_footage: AddFootage, live_session: str) -> None:
    add_footage("AF0001")
    with pytest.raises(Conflict, match=live_session):
        sequential.run(["AF0001"], lambda _line: None)


def test_it_does_not_run_beside_jobs_that_a_session_left(add_footage: AddFootage) -> None:
    add_footage("AF0001")
    dispatch.move_on()
    with pytest.raises(Conflict, match="not over yet"):
        sequential.run(["AF0001"], lambda _line: None)


def test_it_ends_where_a_session_begins_beside_it(
    add_footage: AddFootage, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner_id = owner.id

    def before(_key: str | int, _: object) -> None:
        sessions.begin(owner_id)

    quick.install(monkeypatch, before)
    add_footage("AF0001", status=states.FILE_INFO_COMPLETE)
    add_footage("AF0002")
    first, second = sequential.run(["AF0001", "AF0002"], lambda _line: None)
    assert (first.status, second.status) == (states.THUMBNAILS_COMPLETE, states.PENDING_FILE_INFO)
    assert "session of the poller" in (first.error or "")
    assert (first.error, footage("AF0001").failures) == (second.error, 0)


def test_one_that_is_deleted_ends_its_own_run_only(add_footage: AddFootage, monkeypatch: pytest.MonkeyPatch) -> None:
    def before(key: str | int, _: object) -> None:
        if key == "AF0001":
            with transaction() as session:
                session.execute(delete(Footage).where(Footage.id == key))

    quick.install(monkeypatch, before)
    add_footage("AF0001", status=states.THUMBNAILS_COMPLETE)
    add_footage("AF0003")
    first, second, third = sequential.run(["AF0001", "AF0002", "AF0003"], lambda _line: None)
    assert [first.status, second.status, third.status] == [sequential.GONE, sequential.GONE, states.COMPLETE]
    assert first.error is not None


def test_more_than_nine_are_refused_unless_wanted(add_footage: AddFootage) -> None:
    for n in range(10):
        add_footage(f"AF000{n}")
    with pytest.raises(InvalidInput, match="polling"):
        sequential.unfinished()
    assert len(sequential.unfinished(whatever_number=True)) == 10
