"""A sign-in ends when it is not used, and after some hours even if it is; saying who it is costs next to nothing."""

import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import delete, event, select

from extensions import db
from models import SignIn, User
from services.access import people, sign_ins
from tests.access.conftest import Advance, sign_in

MINUTE, HOUR = 60.0, 3600.0


@pytest.fixture
def statements() -> list[str]:
    """What is asked of the database from now on."""
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *of: asked.append(of[2]))
    return asked


def _seen_at() -> float:
    db.session.rollback()
    return db.session.scalars(select(SignIn.seen_at)).one()


def test_it_ends_when_nobody_uses_it(advance: Advance, ada: User) -> None:
    token = sign_in("Ada")
    advance(30 * MINUTE - 1)
    assert sign_ins.identity_of(token)
    advance(30 * MINUTE + 1)
    assert sign_ins.identity_of(token) is None


def test_it_lasts_while_it_is_used_but_not_for_ever(advance: Advance, ada: User) -> None:
    token = sign_in("Ada")
    for _ in range(12 * 3 - 1):
        advance(20 * MINUTE)
        assert sign_ins.identity_of(token)
    advance(20 * MINUTE)
    assert sign_ins.identity_of(token) is None


def test_it_notes_at_most_once_a_minute_that_it_is_used(advance: Advance, ada: User) -> None:
    token = sign_in("Ada")
    begun = _seen_at()
    advance(59)
    sign_ins.identity_of(token)
    assert _seen_at() == begun
    advance(2)
    sign_ins.identity_of(token)
    assert _seen_at() == begun + 61


def test_it_costs_a_poll_no_sql(advance: Advance, ada: User, statements: list[str]) -> None:
    token = sign_in("Ada")
    sign_ins.identity_of(token)
    statements.clear()
    for _ in range(20):
        assert sign_ins.identity_of(token)
    assert statements == []


def test_it_asks_again_after_a_second(advance: Advance, ada: User, statements: list[str]) -> None:
    token = sign_in("Ada")
    sign_ins.identity_of(token)
    advance(1.1)
    statements.clear()
    sign_ins.identity_of(token)
    assert sum(statement.startswith("SELECT") for statement in statements) == 1


def test_it_notices_within_a_second_what_another_process_did(advance: Advance, ada: User) -> None:
    token = sign_in("Ada")
    assert sign_ins.identity_of(token)
    db.session.execute(delete(SignIn))
    db.session.commit()
    advance(1.1)
    assert sign_ins.identity_of(token) is None


def test_it_has_a_new_role_at_once(ada: User, bob: User) -> None:
    token = sign_in("Bob")
    sign_ins.identity_of(token)
    people.set_role(bob.id, "operator", actor="Ada")
    identity = sign_ins.identity_of(token)
    assert identity is not None
    assert identity.role == "operator"


@pytest.mark.backend("sqlite")
def test_it_knows_people_while_the_database_is_locked(advance: Advance, ada: User, tmp_path: Path) -> None:
    token = sign_in("Ada")
    begun = _seen_at()
    advance(2 * MINUTE)
    somebody = sqlite3.connect(tmp_path / "test.db")
    somebody.execute("BEGIN IMMEDIATE")
    before = time.perf_counter()  # which goes on
    assert sign_ins.identity_of(token)
    waited_seconds = time.perf_counter() - before
    somebody.rollback()
    somebody.close()
    assert _seen_at() == begun
    assert 0 < waited_seconds < 3
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 5000
