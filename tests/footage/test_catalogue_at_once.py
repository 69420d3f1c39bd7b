"""Many who add footage at once get a number each, and the same file is taken in once; on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from errors import Conflict
from extensions import db
from models import User
from services.footage import catalogue

AT_ONCE = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def _at_once(app: Flask, add: Callable[[int], str]) -> list[str | Exception]:
    def work(number: int) -> str | Exception:
        with app.app_context():
            try:
                return add(number)
            except Conflict as e:
                return e
            finally:
                db.session.remove()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, range(AT_ONCE)))


def test_each_gets_its_own_number(app: Flask, owner: User, tmp_path: Path) -> None:
    owner_id = owner.id
    db.session.rollback()
    paths = [tmp_path / f"{number}.mp4" for number in range(AT_ONCE)]
    for path in paths:
        path.touch()
    ids = _at_once(app, lambda number: catalogue.add_path(owner_id, str(paths[number]), anywhere=True))
    assert sorted(map(str, ids)) == ["AF0001", "AF0002", "AF0003", "AF0004"]


def test_the_same_file_is_taken_once(app: Flask, owner: User, clip: Path) -> None:
    owner_id = owner.id
    db.session.rollback()
    found = _at_once(app, lambda _: catalogue.add_path(owner_id, str(clip), anywhere=True))
    (footage_id,) = (each for each in found if isinstance(each, str))
    refused = [each for each in found if isinstance(each, Conflict)]
    assert [each.details for each in refused] == [{"id": footage_id}] * (AT_ONCE - 1)
    assert catalogue.edit(footage_id, {"source_url": "https://example.com/a"}, "Ada").source_url
    catalogue.delete(footage_id)
    assert catalogue.page(None).rows == []
