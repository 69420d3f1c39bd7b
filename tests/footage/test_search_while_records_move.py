"""A search stays quick while records move and others are being read, and recovers from a read that failed."""

from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from extensions import transaction
from models import Footage, User
from services.footage import catalogue, search_memory
from services.footage.search import search
from services.footage.search_index import Index
from services.footage.search_memory import memory
from tests.footage import archive
from tests.footage.archive import Clip

EMBEDDER = "all-MiniLM-L6-v2-onnx-int8"
TWO = (
    Clip("Goats on a hill", "A herd in the Alps.", ("animals",), (("Goats climb over rocks.", "listen to the bells"),)),
    Clip("Glass blowing", "A workshop in Murano.", ("craft",), (("A man turns a glowing ball of glass.", ""),)),
)


def found(query: str) -> list[str]:
    return [hit.title for hit in search(None, query)]


def test_it_keeps_the_index_where_nothing_to_be_found_has_changed(app: Flask, owner: User) -> None:
    archive.fill(owner.id, TWO)
    before = memory().index(EMBEDDER)
    with transaction() as session:
        session.execute(update(Footage).values(failures=1, updated_at=Footage.updated_at + 1))
    assert memory().index(EMBEDDER) is before


def test_it_searches_what_it_knows_while_another_thread_reads(
    app: Flask, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = archive.fill(owner.id, TWO)
    kept = memory()
    before = kept.index(EMBEDDER)
    catalogue.edit(ids["Glass blowing"], {"title": "Tournament of glass"}, "A person")
    beside: list[Index] = []

    def of_another() -> None:
        with app.app_context():
            beside.append(kept.index(EMBEDDER))

    def while_it_is_made(*records: Any) -> Index:
        monkeypatch.undo()
        other = Thread(target=of_another, daemon=True)
        other.start()
        other.join(timeout=5)
        return Index(*records)

    monkeypatch.setattr(search_memory, "Index", while_it_is_made)
    after = kept.index(EMBEDDER)
    assert beside == [before]
    assert after is not before
    assert found("tournament") == ["Tournament of glass"]


def test_it_forgets_what_was_deleted_though_its_first_try_failed(
    app: Flask, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = archive.fill(owner.id, TWO)
    assert found("goats") == ["Goats on a hill"]
    kept = memory()
    catalogue.delete(ids["Goats on a hill"])

    def without_memory(*_: Any) -> Index:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(search_memory, "Index", without_memory)
        with pytest.raises(MemoryError):
            kept.index(EMBEDDER)
    assert found("goats") == []
