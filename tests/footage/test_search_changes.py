"""A search knows at once what was written, completed or deleted since the last one, and compares only what can be."""

import pytest
from flask import Flask
from sqlalchemy import event, update

from extensions import db, transaction
from models import Footage, Frame, User
from services.footage import catalogue
from services.footage.search import search
from services.footage.search_memory import memory
from tests.footage import archive
from tests.footage.archive import Clip

TWO = (
    Clip("Goats on a hill", "A herd in the Alps.", ("animals",), (("Goats climb over rocks.", "listen to the bells"),)),
    Clip("Glass blowing", "A workshop in Murano.", ("craft",), (("A man turns a glowing ball of glass.", ""),)),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    if request.param == "sqlite":
        return sqlite_url
    url: str = request.getfixturevalue("postgres_url")
    return url


def found(query: str) -> list[str]:
    return [hit.title for hit in search(None, query)]


def test_it_finds_what_a_person_has_just_written(app: Flask, owner: User) -> None:
    ids = archive.fill(owner.id, TWO)
    assert found("tournament") == []
    catalogue.edit(ids["Glass blowing"], {"title": "Tournament of glass"}, "A person")
    assert found("tournament") == ["Tournament of glass"]


def test_it_forgets_what_was_deleted(app: Flask, owner: User) -> None:
    ids = archive.fill(owner.id, TWO)
    assert found("goats") == ["Goats on a hill"]
    catalogue.delete(ids["Goats on a hill"])
    assert found("goats") == []


def test_it_reads_only_what_has_changed(app: Flask, owner: User) -> None:
    ids = archive.fill(owner.id, TWO)
    search(None, "goats")
    before = memory().index("all-MiniLM-L6-v2-onnx-int8")
    search(None, "glass")
    assert memory().index("all-MiniLM-L6-v2-onnx-int8") is before
    catalogue.edit(ids["Glass blowing"], {"description": "In Venice."}, "A person")
    after = memory().index("all-MiniLM-L6-v2-onnx-int8")
    assert before.texts[0].footage_id == ids["Goats on a hill"]
    assert any(one is before.texts[0] for one in after.texts)
    assert after is not before


def test_it_finds_footage_by_its_words_before_it_is_complete(app: Flask, owner: User) -> None:
    ids = archive.fill(owner.id, TWO)
    with transaction() as session:
        session.execute(update(Footage).values(embedding=None, embedder=None))
        session.execute(update(Frame).values(embedding=None, embedder=None))
    (hit,) = search(None, "goats")
    assert (hit.footage_id, hit.frame_position) == (ids["Goats on a hill"], None)


def test_it_goes_by_words_where_vectors_are_of_another_embedder(app: Flask, owner: User) -> None:
    archive.fill(owner.id, TWO)
    with transaction() as session:
        session.execute(update(Footage).values(embedder="another"))
        session.execute(update(Frame).values(embedder="another"))
    assert found("livestock") == []
    assert found("goats") == ["Goats on a hill"]


def test_it_asks_the_database_as_often_however_much_there_is(app: Flask, owner: User) -> None:
    archive.fill(owner.id, archive.CLIPS)
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    search(None, "harbour")
    assert len([one for one in statements if one.startswith("SELECT")]) == 3
    statements.clear()
    search(None, "harbour")
    assert len([one for one in statements if one.startswith("SELECT")]) == 1
