"""There is an owner from the first start on."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from errors import InvalidInput
from extensions import db
from models import User
from services.library import users


def test_it_makes_the_default_owner_once(app: Flask) -> None:
    assert users.default_owner().name == "My library"
    assert users.default_owner().id == users.default_owner().id
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_it_makes_one_owner_when_many_ask_at_once(app: Flask) -> None:
    def ask(_: int) -> int:
        with app.app_context():
            return users.default_owner().id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_it_finds_a_named_owner_again(app: Flask) -> None:
    assert users.owner_named(" Ada ").id == users.owner_named("Ada").id


def test_it_refuses_an_owner_without_a_name(app: Flask) -> None:
    with pytest.raises(InvalidInput):
        users.owner_named(" \t ")
