"""Of two who do at once what only one may, one does."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask

from errors import BackbeatError
from extensions import db
from models import User
from services.access import links, passwords, people
from services.library import users
from tests.access.conftest import PASSWORD

AT_ONCE = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], object]], Counter[str]]:
    """Does something in several threads, and counts how it ended."""
    kept = passwords.hash_password(PASSWORD)
    barrier = Barrier(AT_ONCE)

    def hash_together(_: str) -> str:  # the last thing before the transaction
        barrier.wait(10)
        return kept

    monkeypatch.setattr(passwords, "hash_password", hash_together)

    def race(deed: Callable[[int], object]) -> Counter[str]:
        def one(number: int) -> str:
            with app.app_context():
                try:
                    deed(number)
                except BackbeatError as e:
                    return e.code
                finally:
                    db.session.remove()
                return "done"

        db.session.rollback()  # what is read after this is not from before
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return Counter(pool.map(one, range(AT_ONCE)))

    return race


Race = Callable[[Callable[[int], object]], Counter[str]]


def test_it_lets_one_use_a_link(app: Flask, at_once: Race) -> None:
    users.default_owner()
    token = links.first_person_link()
    ended = at_once(lambda number: links.use(token, name=f"Person {number}", password=PASSWORD))
    assert ended == {"done": 1, "link_over": AT_ONCE - 1}
    assert len(people.all_people()) == 1


def test_it_lets_one_choose_a_password_by_a_link(app: Flask, at_once: Race) -> None:
    bob = people.create("Bob", "admin", password=None, actor="test")
    token = links.password_link(bob.id, actor="test")
    ended = at_once(lambda _: links.use(token, name=None, password=PASSWORD))
    assert ended == {"done": 1, "link_over": AT_ONCE - 1}


def test_it_gives_the_first_library_to_one(app: Flask, at_once: Race) -> None:
    owner_id = users.default_owner().id
    ended = at_once(lambda number: people.create(f"Person {number}", "admin", password=PASSWORD, actor="test"))
    assert ended == {"done": AT_ONCE}
    ids = [person.id for person in people.all_people()]
    assert len(set(ids)) == AT_ONCE
    assert owner_id in ids


def test_it_gives_a_name_to_one(app: Flask, at_once: Race) -> None:
    users.default_owner()
    ended = at_once(lambda _: people.create("Ada", "admin", password=PASSWORD, actor="test"))
    assert ended == {"done": 1, "name_taken": AT_ONCE - 1}


def test_it_leaves_one_admin_where_all_are_demoted(app: Flask, at_once: Race) -> None:
    at_once(lambda number: people.create(f"Person {number}", "admin", password=PASSWORD, actor="test"))
    ids = [person.id for person in people.all_people()]
    ended = at_once(lambda number: people.set_role(ids[number], "viewer", actor="test"))
    assert ended == {"done": AT_ONCE - 1, "last_admin": 1}
    assert db.session.scalars(db.select(User.role).where(User.role == "admin")).all() == ["admin"]
