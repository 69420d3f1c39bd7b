"""An app whose database and Redis are full of naughty strings."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

import clock
from extensions import db, redis, transaction
from services.access import keys
from services.access.roles import ADMIN
from services.library import users
from services.schedules import control
from services.schedules.table import SCHEDULES
from store.workers import WorkerRegister
from tests.naughty import rows
from tests.naughty.strings import NAUGHTY


@pytest.fixture
def naughty_client(app: Flask) -> FlaskClient:
    """An administrator's, of an app that is full of them."""
    key = fill()
    client = app.test_client()
    client.environ_base["HTTP_X_API_KEY"] = key
    return client


def fill() -> str:
    """Everything that people, files and other programs can name, named so; the key of an administrator."""
    owner = users.default_owner()
    with transaction():  # which waits for its turn: the workers of a stack write beside it
        owner.login, owner.role, owner.name = "somebody", ADMIN, NAUGHTY["tag"]
    rows.write(db.session())
    register = WorkerRegister(redis.client)
    for text in NAUGHTY.values():
        name = text[:100]
        register.beat(name, clock.now(), {"host": name, "pid": 1, "state": "idle", "queues": name, "version": name})
    for name in SCHEDULES:
        control.pause(name, by="local operator", reason=NAUGHTY["tag"][:200])
    return keys.create(owner.id, NAUGHTY["svg"], ADMIN, actor=NAUGHTY["tag"][:100])[1]
