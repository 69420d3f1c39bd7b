"""Who is disabled is out at once: browsers, keys, links and password; and comes back with all but the sign-ins."""

import pytest

from errors import Conflict
from extensions import db
from models import User
from services.access import keys, links, people, sign_ins
from tests.access.conftest import last_entry, sign_in


def test_it_ends_their_sign_ins_at_once(bob: User) -> None:
    token = sign_in("Bob")
    assert sign_ins.identity_of(token)
    people.disable(bob.id, actor="Ada")
    assert sign_ins.identity_of(token) is None


def test_it_holds_even_if_a_sign_in_is_left_over(bob: User) -> None:
    token = sign_in("Bob")
    bob.disabled_at = 1.0
    db.session.commit()
    assert sign_ins.identity_of(token) is None


def test_it_stops_their_keys_until_they_are_let_in_again(bob: User) -> None:
    _, text = keys.create(bob.id, "script", "viewer", actor="Bob")
    assert keys.identity_of(text)
    people.disable(bob.id, actor="Ada")
    assert keys.identity_of(text) is None
    people.enable(bob.id, actor="Ada")
    assert keys.identity_of(text)


def test_it_takes_neither_their_password_nor_a_link(bob: User) -> None:
    token = links.password_link(bob.id, actor="Ada")
    people.disable(bob.id, actor="Ada")
    with pytest.raises(sign_ins.WrongCredentials):
        sign_in("Bob")
    assert links.find(token) is None
    with pytest.raises(Conflict):
        links.password_link(bob.id, actor="Ada")


def test_it_lets_them_in_again_but_brings_no_sign_in_or_link_back(bob: User) -> None:
    token, link = sign_in("Bob"), links.password_link(bob.id, actor="Ada")
    people.disable(bob.id, actor="Ada")
    people.enable(bob.id, actor="Ada")
    assert sign_ins.identity_of(token) is None
    assert links.find(link) is None
    assert sign_in("Bob")


def test_it_writes_each_down_once(bob: User) -> None:
    for _ in range(2):
        people.disable(bob.id, actor="Ada")
    entry = last_entry()
    assert (entry.actor, entry.action, entry.details) == ("Ada", "person_disable", {"title": "Bob"})
    people.enable(bob.id, actor="Ada")
    people.enable(bob.id, actor="Ada")
    assert last_entry().id == entry.id + 1
    assert last_entry().action == "person_enable"
