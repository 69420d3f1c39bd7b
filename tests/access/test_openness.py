"""Backbeat is open only on loopback, and only until somebody is named or a key is made."""

from collections.abc import Callable

import pytest
from flask import Flask

from extensions import db
from models import ApiKey, User
from services.access import keys, links, openness, people
from services.library import users
from tests.access.conftest import PASSWORD, Advance

KEY = "a-key-of-the-settings"


def _person() -> None:
    people.create("Ada", "admin", password=PASSWORD, actor="test")


def _invited_person() -> None:
    people.create("Ada", "admin", password=None, actor="test")


def _disabled_person() -> None:
    _invited_person()
    people.disable(people.create("Bob", "viewer", password=PASSWORD, actor="test").id, actor="test")


def _key() -> None:
    keys.create(users.default_owner().id, "nightly", "viewer", actor="test")


@pytest.mark.usefixtures("app")
def test_it_is_open_at_first() -> None:
    assert openness.is_open()


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("close", [_person, _invited_person, _disabled_person, _key])
def test_it_closes_at_once(close: Callable[[], None]) -> None:
    assert openness.is_open()
    close()
    assert not openness.is_open()


@pytest.mark.usefixtures("app")
def test_it_opens_again_when_the_only_key_is_revoked() -> None:
    _key()
    assert not openness.is_open()
    keys.revoke(1, actor="test")
    assert openness.is_open()


@pytest.mark.usefixtures("app")
def test_it_stays_open_when_a_link_is_made_and_nobody_has_used_it() -> None:
    links.first_person_link()
    assert openness.is_open()


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "settings_overrides",
    [
        {"host": "0.0.0.0"},  # noqa: S104 - the address that is refused
        {"host": "192.0.2.1"},
        {"api_keys": (KEY,)},
        {"public_url": "https://backbeat.example.org"},
        {"allowed_hosts": ("backbeat.example.org",)},
        {"trusted_proxies": 1},
    ],
)
def test_it_is_never_open_where_others_can_reach_it() -> None:
    assert not openness.is_open()


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "settings_overrides",
    [{"host": "::1"}, {"public_url": "http://localhost:5001"}, {"allowed_hosts": ("localhost",)}],
)
def test_it_is_open_whatever_loopback_is_called() -> None:
    assert openness.is_open()


def test_it_notices_within_a_second_what_another_process_did(advance: Advance, app: Flask) -> None:
    assert openness.is_open()
    db.session.add(User(name="Ada", login="ada", created_at=0.0))
    db.session.commit()
    advance(1.1)
    assert not openness.is_open()


@pytest.mark.usefixtures("app")
def test_it_lets_nobody_in_at_first() -> None:
    users.default_owner()
    assert not openness.can_anyone_come_in()


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("name_somebody", [_person, _key])
def test_it_lets_somebody_in_by_password_or_key(name_somebody: Callable[[], None]) -> None:
    name_somebody()
    assert openness.can_anyone_come_in()


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("settings_overrides", [{"api_keys": (KEY,)}])
def test_it_lets_somebody_in_by_a_key_of_the_settings() -> None:
    assert openness.can_anyone_come_in()


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("name_somebody", [_invited_person, _disabled_person])
def test_it_lets_nobody_in_who_has_no_password_or_is_disabled(name_somebody: Callable[[], None]) -> None:
    name_somebody()
    assert not openness.can_anyone_come_in()


def test_it_lets_somebody_in_by_a_link_as_long_as_it_holds(advance: Advance, app: Flask) -> None:
    _invited_person()
    links.password_link(people.named("Ada").id, actor="test")
    assert openness.can_anyone_come_in()
    advance(72 * 3600 + 1)
    assert not openness.can_anyone_come_in()


def test_it_lets_nobody_in_by_a_key_of_somebody_disabled(bob: User) -> None:
    keys.create(bob.id, "nightly", "viewer", actor="test")
    db.session.execute(db.update(User).values(disabled_at=1.0))
    db.session.commit()
    assert db.session.scalars(db.select(ApiKey)).all()
    assert not openness.can_anyone_come_in()
