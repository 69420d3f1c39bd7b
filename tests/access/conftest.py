"""People to sign in, and a clock that stands still until it is told to go on."""

import time
from collections.abc import Callable, Iterator

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask

import clock
from models import User
from services import audit_log
from services.access import passwords, people, sign_ins
from services.audit_log import AuditFilter, Entry

PASSWORD = "a horse on a staple"
NEW_PASSWORD = "a staple on a horse"
ADDRESS = "192.0.2.7"

Advance = Callable[[float], None]


@pytest.fixture(autouse=True)
def _quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes of the same kind that take a hundredth of the time."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys_hash.cache_clear()


@pytest.fixture
def advance(monkeypatch: pytest.MonkeyPatch) -> Iterator[Advance]:
    """Stops the clock, and puts it forward by so many seconds."""
    with time_machine.travel(1_800_000_000, tick=False) as traveller:
        monkeypatch.setattr(clock, "monotonic", lambda: time.time())
        yield traveller.shift


@pytest.fixture
def ada(app: Flask) -> User:
    """The first person, an admin."""
    return people.create("Ada", "admin", password=PASSWORD, actor="test")


@pytest.fixture
def bob(ada: User) -> User:
    return people.create("Bob", "viewer", password=PASSWORD, actor="test")


def sign_in(name: str, password: str = PASSWORD, *, address: str = ADDRESS) -> str:
    return sign_ins.sign_in(name, password, address=address, agent="Testing/1.0")


def last_entry() -> Entry:
    """The newest of the audit log."""
    return audit_log.page(AuditFilter(), limit=1).entries[0]
