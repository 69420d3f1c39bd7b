"""Signing in gives a token that nobody can guess; what is wrong is told to nobody."""

import hashlib
from collections.abc import Callable
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from flask import Flask

from extensions import db
from models import SignIn, User
from services.access import passwords, people, sign_ins
from services.access.identity import Identity
from tests.access.conftest import ADDRESS, PASSWORD, last_entry, sign_in


def _unknown(_: User) -> None:
    people.create("Grace", "viewer", password=PASSWORD, actor="test")


def _disabled(bob: User) -> None:
    people.disable(bob.id, actor="test")


def _without_password(bob: User) -> None:
    bob.password_hash = None
    db.session.commit()


def _renamed_login(bob: User) -> None:
    bob.login = "robert"
    db.session.commit()


def test_it_gives_a_token_that_tells_who_it_is(ada: User) -> None:
    token = sign_in(" ADA ")
    assert len(token) >= 43
    assert sign_ins.identity_of(token) == Identity("person", ada.id, "Ada", "admin")


def test_it_gives_a_new_token_each_time(ada: User) -> None:
    assert sign_in("Ada") != sign_in("Ada")


def test_it_keeps_only_the_digest(ada: User) -> None:
    token = sign_in("Ada")
    row = db.session.scalars(db.select(SignIn)).one()
    assert row.digest == hashlib.sha256(token.encode()).hexdigest()
    assert (row.address, row.agent) == (ADDRESS, "Testing/1.0")


@pytest.mark.parametrize("spoil", [_disabled, _without_password, _renamed_login])
def test_it_says_the_same_and_works_as_hard_whatever_is_wrong(bob: User, spoil: Callable[[User], None]) -> None:
    with pytest.raises(sign_ins.WrongCredentials) as of_wrong_password:
        sign_in("Bob", "a wrong password")
    spoil(bob)
    with (
        patch.object(PasswordHasher, "verify", autospec=True, side_effect=PasswordHasher.verify) as verify,
        pytest.raises(sign_ins.WrongCredentials) as refusal,
    ):
        sign_in("Bob")
    assert verify.call_count == 1
    assert (refusal.value.code, refusal.value.message) == ("wrong_credentials", of_wrong_password.value.message)


def test_it_does_no_more_for_the_right_password_of_somebody_disabled_than_for_a_wrong_one(bob: User) -> None:
    people.disable(bob.id, actor="test")
    with patch.object(sign_ins, "_begin") as begin, pytest.raises(sign_ins.WrongCredentials):
        sign_in("Bob")
    begin.assert_not_called()


@pytest.mark.parametrize("name", ["", "nul \x00", "half \ud800", "'; DROP TABLE user; --", "n" * 10_000])
def test_it_takes_any_name_and_knows_nobody_by_it(ada: User, name: str) -> None:
    with pytest.raises(sign_ins.WrongCredentials):
        sign_in(name)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "é" * 100])
def test_it_knows_nobody_by_a_made_up_token(ada: User, token: str) -> None:
    assert sign_ins.identity_of(token) is None


def test_it_refuses_who_got_another_password_while_theirs_was_checked(ada: User) -> None:
    really = passwords.matches

    def meanwhile(kept: str | None, text: str) -> bool:
        ada.password_hash = passwords.hash_password("something else now")
        db.session.commit()
        return really(kept, text)

    with patch.object(passwords, "matches", meanwhile), pytest.raises(sign_ins.WrongCredentials):
        sign_in("Ada")
    assert not sign_ins.of_user(ada.id)


def test_it_brings_an_old_hash_up_to_date(ada: User) -> None:
    ada.password_hash = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    db.session.commit()
    sign_in("Ada")
    db.session.refresh(ada)
    assert ada.password_hash
    assert not passwords.is_outdated(ada.password_hash)
    assert passwords.matches(ada.password_hash, PASSWORD)


def test_it_writes_down_who_came_in_and_from_where(ada: User) -> None:
    sign_in("Ada")
    entry = last_entry()
    assert (entry.actor, entry.action, entry.target_id) == ("Ada", "sign_in", str(ada.id))
    assert entry.details == {"title": "Ada", "address": ADDRESS}


def test_it_notes_when_they_last_signed_in(ada: User, advance: Callable[[float], None]) -> None:
    advance(5)
    sign_in("Ada")
    db.session.refresh(ada)
    assert ada.signed_in_at == 1_800_000_005


def test_it_lets_somebody_in_who_has_just_chosen_a_password(ada: User) -> None:
    assert sign_ins.identity_of(sign_ins.begin(ada.id, address=ADDRESS, agent="a\nb")) is not None
    assert sign_ins.of_user(ada.id)[0].agent == "ab"


@pytest.mark.parametrize("spoil", [_disabled, _without_password])
def test_it_lets_nobody_in_who_may_not(bob: User, spoil: Callable[[User], None]) -> None:
    spoil(bob)
    with pytest.raises(sign_ins.WrongCredentials):
        sign_ins.begin(bob.id, address=ADDRESS, agent="")


def test_it_logs_no_name_or_password_of_who_failed(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    with patch.object(sign_ins.log, "warning") as warning, pytest.raises(sign_ins.WrongCredentials):
        sign_in("my password by mistake", "hunter2 hunter2")
    warning.assert_called_once_with("sign_in_refused", address=ADDRESS, user_id=None)
