"""Footage is listed by status and words, page by page, and counted."""

import pytest
from flask import Flask
from sqlalchemy import event

from errors import InvalidInput
from extensions import db
from models import User
from services.footage import catalogue, states
from services.library import users
from tests.footage.conftest import MakeFootage


def test_it_comes_by_in_pages_the_newest_first(make_footage: MakeFootage) -> None:
    ids = [make_footage().id for _ in range(5)]
    first = catalogue.page(None, limit=2)
    make_footage()  # what comes meanwhile moves nothing
    second = catalogue.page(None, limit=2, cursor=first.next_cursor)
    third = catalogue.page(None, limit=2, cursor=second.next_cursor)
    assert [row.id for each in (first, second, third) for row in each.rows] == ids[::-1]
    assert third.next_cursor is None


def test_it_keeps_to_one_owner(make_footage: MakeFootage, owner: User) -> None:
    owner_id, other_id = owner.id, users.owner_named("Somebody else").id
    make_footage()
    assert [len(catalogue.page(each).rows) for each in (owner_id, other_id)] == [1, 0]
    assert [catalogue.counts(each)[states.PENDING_FILE_INFO] for each in (owner_id, other_id)] == [1, 0]


def test_it_keeps_to_a_status(make_footage: MakeFootage) -> None:
    make_footage()
    done = make_footage(status=states.COMPLETE).id
    assert [row.id for row in catalogue.page(None, status=states.COMPLETE).rows] == [done]


def test_it_finds_words_wherever_they_are(make_footage: MakeFootage) -> None:
    footage_id = make_footage(title="Boats", description="They pass a bridge, 100% slowly").id
    make_footage(title="Cars")
    for q in ("boats BRIDGE", footage_id.lower(), "100%"):
        assert [row.id for row in catalogue.page(None, q=q).rows] == [footage_id]
    assert catalogue.page(None, q="boats 50%").rows == []


@pytest.mark.parametrize("arguments", [{"limit": 0}, {"cursor": "x"}, {"status": "8 - Gone"}])
def test_it_names_what_it_does_not_take(app: object, arguments: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as refused:
        catalogue.page(None, **arguments)  # type: ignore[arg-type] # wrong on purpose
    assert list(refused.value.details or {}) == list(arguments)


def test_it_counts_every_status(make_footage: MakeFootage) -> None:
    make_footage()
    make_footage(status=states.FAILED)
    counted = catalogue.counts(None)
    assert list(counted) == list(states.FOOTAGE)
    assert {status: count for status, count in counted.items() if count} == {
        states.PENDING_FILE_INFO: 1,
        states.FAILED: 1,
    }


def test_a_list_reads_no_more_than_it_shows(app: Flask) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    catalogue.page(None)
    event.remove(db.engine, "before_cursor_execute", note)
    (statement,) = [each for each in asked if each.startswith("SELECT")]
    columns = {name.partition(".")[2] for name in statement.partition("FROM")[0].replace(",", " ").split()}
    assert "description" in columns
    assert not columns & {"embedding", "info", "scraped", "tags", "made_description"}
